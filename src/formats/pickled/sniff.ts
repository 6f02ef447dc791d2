/** Tells a pickle of NumPy's arrays from its first bytes, whatever object they are in. */

const array = /numpy[\w.]*[\s\S]{0,8}(_reconstruct|_frombuffer)/;
/** Of libraries whose models are no networks; torch.save's own is another format. */
const others = /sklearn|joblib|xgboost|lightgbm|torch\.distributed\.checkpoint\.metadata/;

/** @param fileName of an optimizer's state it says so */
export function looksLikePickledArrays(head: Uint8Array, _size: number, fileName = ''): boolean {
  const protocol = head[1] ?? 0;
  if (head[0] !== 0x80 || protocol < 2 || protocol > 5 || /\.pdopt$/i.test(fileName)) return false;
  const text = new TextDecoder('latin1').decode(head);
  return array.test(text) && !others.test(text);
}
