import i18next from 'i18next';

const formats = new Map<string, Intl.NumberFormat>();

/** A measured figure with as many decimals as its neighbours have: 1,0 under 1,1 (1.0 in English). */
export function figureText(value: number, decimals = 1): string {
  const key = `${i18next.language} ${decimals}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(i18next.language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(key, format);
  }
  return format.format(value);
}
