import { VisuallyHidden } from '@mantine/core';
import { IconAlertTriangleFilled, IconLink, IconPencil } from '@tabler/icons-react';
import { createContext, type ReactNode, useContext } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { nonFinite } from './columns';
import classes from './NameCell.module.css';
import { cutPath, namePartsOf } from './nameParts';
import type { LayerRow } from './rows';
import { textWidth } from './textWidth';

/** Pixels that a name has. */
export const NameRoom = createContext(Number.POSITIVE_INFINITY);

/** Pixels of a sign behind a name. */
const signWidth = 18;

/** A name with its last module emphasised, and what has to be known of the tensor whatever columns are shown. */
export function NameCell({ row }: { row: LayerRow }) {
  const { layer, sharing, aliases, container, byHand } = row;
  const { path, module, parameter } = namePartsOf(layer.name);
  const broken = nonFinite(layer.statistics) ?? 0;
  const room = useContext(NameRoom);
  const hasRoomForContainer = textWidth(`${container} › ${layer.name}`) <= room;
  const signs = [sharing, aliases.length > 0, byHand, broken > 0].filter(Boolean).length;
  const { cut, shown } = cutPath(path, room - textWidth(module + parameter) - signs * signWidth, textWidth);
  return (
    <span className={classes.name} title={container ? `${layer.name}, in ${container}` : layer.name}>
      {/* Names come from the file: isolated, so that none can turn the text around it. */}
      {container && hasRoomForContainer && <bdi className={classes.container}>{container} › </bdi>}
      <bdi className={classes.tail}>
        {/* There for who searches or copies the name. */}
        {cut && <span className={classes.cut}>{cut}</span>}
        <span className={classes.path}>{shown}</span>
        <span className={classes.module}>{module}</span>
        {parameter}
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
