import { useTranslation } from 'react-i18next';
import table from '../../parts/table.module.css';

type Column = 'name' | 'begun' | 'length' | 'points' | 'size' | 'state';

const figures: ReadonlySet<Column> = new Set(['length', 'points', 'size']);

/** The head of every table of recordings: the same word for the same column, figures to the right. */
export function RecordingHead({ columns }: { readonly columns: readonly Column[] }) {
  const { t } = useTranslation();
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column} scope="col" className={figures.has(column) ? table.number : undefined}>
            {t(`archive.${column}`)}
          </th>
        ))}
      </tr>
    </thead>
  );
}
