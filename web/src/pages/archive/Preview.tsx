import { sheetAddress, type Sheets } from '../../archive/desk';
import { timeCode } from '../../archive/lanes';
import classes from './Player.module.css';

interface PreviewProps {
  readonly id: string;
  readonly at: number;
  readonly length: number;
  readonly sheets: Sheets | undefined;
}

/** The small picture and the time of a place on the bar that the pointer is over. */
export function Preview({ id, at, length, sheets }: PreviewProps) {
  const number = sheets && sheets.every > 0 ? Math.min(Math.floor(at / sheets.every), sheets.count - 1) : -1;
  const cell = sheets && number >= 0 ? number % sheets.cells : 0;
  return (
    <div className={classes.preview} style={{ '--at': at / Math.max(length, 1) } as React.CSSProperties} aria-hidden="true" data-testid="preview">
      {sheets && number >= 0 && (
        <div
          className={classes.small}
          style={{
            width: sheets.width,
            height: sheets.height,
            backgroundImage: `url("${sheetAddress(id, Math.floor(number / sheets.cells))}")`,
            backgroundPosition: `-${(cell % sheets.columns) * sheets.width}px -${Math.floor(cell / sheets.columns) * sheets.height}px`,
          }}
        />
      )}
      {timeCode(at)}
    </div>
  );
}
