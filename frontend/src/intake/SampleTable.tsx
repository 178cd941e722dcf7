import { useTranslation } from 'react-i18next';

const NUMBER = /^[-+−]?(HK\$|[¥￥$€£])?[\d,]+(\.\d+)?%?$/;

/** Whether every filled cell of a column is a figure (long codes are not). */
export function isFigures(cells: string[]): boolean {
  const filled = cells.filter((cell) => cell.trim());
  return filled.length > 0 && filled.every((cell) => NUMBER.test(cell.trim()) && cell.replace(/\D/g, '').length <= 9);
}

interface SampleTableProps {
  header: string[];
  rows: string[][];
  label: string;
  /** Numbers of the rows in the file, where they are known. */
  numbers?: (number | null)[];
  /** Columns to point at. */
  marked?: readonly string[];
}

/** Rows as they stand in the file: dense, scrolls inside itself, figures at the right. */
export function SampleTable({ header, rows, label, numbers, marked = [] }: SampleTableProps) {
  const { t } = useTranslation();
  const right = header.map((_, column) => isFigures(rows.map((row) => row[column] ?? '')));
  return (
    <div className="ht-in-sample" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {numbers && <th scope="col" className="ht-in-right">{t('intake.rowNo')}</th>}
            {header.map((name, column) => <th key={column} scope="col" className={`${right[column] ? 'ht-in-right' : ''} ${marked.includes(name) ? 'ht-in-marked' : ''}`}>{name || t('intake.columnNo', { number: column + 1 })}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {numbers && <th scope="row" className="ht-in-right ht-num">{numbers[index] ?? '–'}</th>}
              {header.map((name, column) => <td key={column} className={`${right[column] ? 'ht-in-right ht-num' : ''} ${marked.includes(name) ? 'ht-in-marked' : ''}`} title={row[column]}>{row[column] || <span className="ht-muted">–</span>}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
