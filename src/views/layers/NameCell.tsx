import { VisuallyHidden } from '@mantine/core';
import { IconAlertTriangleFilled, IconLink, IconPencil } from '@tabler/icons-react';
import { createContext, memo, type ReactNode, useContext } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { nonFinite } from './columns';
import classes from './NameCell.module.css';
import { namePartsOf } from './nameParts';
import type { LayerRow } from './rows';
import { type NameRun, NameTwins, shortName } from './shortName';
import { textWidth } from './textWidth';

/** Pixels of a sign behind a name. */
const signWidth = 18;

/** What names are shortened by: the pixels that one has, and the names it has to be told from. */
export const Naming = createContext<NamingWays>(namingFor(Number.POSITIVE_INFINITY, new NameTwins([])));

interface NamingWays {
  readonly room: number;
  readonly twins: NameTwins;
  /** Where all names begin: where the longest has no room, behind what all of them share. */
  readonly from: number;
}

export function namingFor(room: number, twins: NameTwins): NamingWays {
  const hasRoom = room === Number.POSITIVE_INFINITY || textWidth(twins.longest) + signWidth <= room;
  return { room, twins, from: hasRoom ? 0 : twins.sharedStart };
}

/** Pixels of a step into a group. */
export const indent = 14;
/** Steps further in are not seen: the names would leave the column. */
export const deepestIndent = 6;

interface NameCellProps {
  readonly row: LayerRow;
  readonly depth?: number;
  /** Where the name begins; what is before it is said by the groups around. */
  readonly from?: number;
}

/** A name with its last module emphasised, and what has to be known of the tensor whatever columns are shown. A drag leaves it alone. */
export const NameCell = memo(function NameCell({ row, depth = 0, from = 0 }: NameCellProps) {
  const { layer, sharing, aliases, container, byHand } = row;
  const broken = nonFinite(layer.statistics) ?? 0;
  const { room: whole, twins, from: sharedStart } = useContext(Naming);
  const step = Math.min(depth, deepestIndent) * indent;
  const signs = [sharing, aliases.length > 0, byHand, broken > 0].filter(Boolean).length;
  const room = whole - step - signs * signWidth;
  const start = Math.max(sharedStart, container === '' ? from : from - container.length - 1);
  const showsContainer = container !== '' && from === 0 && textWidth(`${container} › ${layer.name}`) <= room;
  return (
    <span
      className={classes.name}
      style={step > 0 ? { paddingInlineStart: step } : undefined}
      title={container ? `${layer.name}, in ${container}` : layer.name}
    >
      {/* Names come from the file: isolated, so that none can turn the text around it. */}
      {showsContainer && <bdi className={classes.container}>{container} › </bdi>}
      <bdi className={classes.tail}>
        <Runs name={layer.name} runs={shortName(layer.name, start, room, twins, textWidth)} />
      </bdi>
      {sharing && <Sign icon={<IconLink size={13} />} text={sharing} />}
      {aliases.length > 0 && <Sign icon={<IconLink size={13} />} text={`also named ${aliases.join(', ')}`} />}
      {byHand && <Sign icon={<IconPencil size={13} />} text={`${layer.kind}, set by hand`} />}
      {broken > 0 && (
        <Sign
          className={classes.broken}
          icon={<IconAlertTriangleFilled size={13} />}
          text={`${formatQuantity(broken, 'weight')} NaN or infinite`}
        />
      )}
    </span>
  );
});

/** All of the name is there for who searches or copies it. */
function Runs({ name, runs }: { readonly name: string; readonly runs: readonly NameRun[] }) {
  const { path, module } = namePartsOf(name);
  const [moduleFrom, moduleTo] = [path.length, path.length + module.length];
  let place = 0;
  return runs.map(({ text, as }) => {
    const from = place;
    place += text.length;
    if (as !== 'shown') {
      return (
        <span key={from} className={classes.cut} data-as={as}>
          <span>{text}</span>
        </span>
      );
    }
    const part = (start: number, end: number) => name.slice(Math.max(from, start), Math.min(place, end));
    return (
      <span key={from}>
        {part(0, moduleFrom)}
        <span className={classes.module}>{part(moduleFrom, moduleTo)}</span>
        {part(moduleTo, name.length)}
      </span>
    );
  });
}

/** A name of which the end stays where there is no room for all. */
export function NameEnd({ name, className }: { readonly name: string; readonly className: string | undefined }) {
  return (
    <span className={`${classes.end} ${className}`}>
      <bdi dir="ltr">{name}</bdi>
    </span>
  );
}

interface SignProps {
  readonly icon: ReactNode;
  readonly text: string;
  readonly className?: string | undefined;
}

function Sign({ icon, text, className }: SignProps) {
  return (
    <span className={`${classes.sign} ${className ?? ''}`} title={text}>
      <span aria-hidden="true">{icon}</span>
      <VisuallyHidden>, {text}</VisuallyHidden>
    </span>
  );
}
