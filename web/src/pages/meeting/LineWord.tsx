import { useTranslation } from 'react-i18next';
import type { LineQuality } from '../../meeting/quality';
import classes from './LineWord.module.css';

const bars: Readonly<Record<LineQuality, number>> = { good: 3, fair: 2, weak: 1, audioOnly: 1, lost: 0, unknown: 0 };

/** Line quality: bars, and always the word, because nobody sees colour from the back of a hall. */
export function LineWord({ line }: { readonly line: LineQuality }) {
  const { t } = useTranslation();
  const quality = t(`line.${line}`);
  return (
    <span className={classes.line} data-line={line} title={t('line.label', { quality })}>
      <svg viewBox="0 0 14 14" className={classes.bars} aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <rect key={bar} x={bar * 5 - 5} y={14 - bar * 4.5} width="3.6" height={bar * 4.5} rx="0.6" data-full={bar <= bars[line]} />
        ))}
      </svg>
      {quality}
    </span>
  );
}
