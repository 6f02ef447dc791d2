import { formatInteger } from '../../lib/numbers';
import classes from './MethodPanel.module.css';
import type { Refusing } from './scopeMethod';

/** Tensors in scope that keep a method of their own, and why. */
export function RefusingText({ refusing }: { readonly refusing: readonly Refusing[] }) {
  const [first] = refusing;
  if (!first) return null;
  return (
    <p className={classes.whole}>
      {refusing.length === 1
        ? `${first.name} cannot take this method and keeps its own: ${first.why}.`
        : `${formatInteger(refusing.length)} tensors cannot take this method and keep their own, among them ${first.name}: ${first.why}.`}
    </p>
  );
}
