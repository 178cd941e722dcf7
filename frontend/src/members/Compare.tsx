import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { MemberRow } from '../api/types';
import { region } from '../ui/format';
import { Count, Day, Money, Text } from '../ui/Numbers';
import { MemberName, Platforms } from './columns';

interface Line {
  label: string;
  /** Values that can speak for or against being one person; null = not known. */
  value: (row: MemberRow) => string | null;
  show?: (row: MemberRow) => ReactNode;
  /** Two masked values that look alike need not be the same. */
  masked?: boolean;
  /** Figures, and nicks of different platforms, are shown but prove nothing. */
  figure?: boolean;
}

/** Members side by side; where two known values agree or differ it is said in a word. */
export function Compare({ members }: { members: MemberRow[] }) {
  const { t } = useTranslation();
  const gender = (row: MemberRow) => (row.gender === 'f' || row.gender === 'm' ? t(`members.gender.${row.gender}`) : null);
  const lines: Line[] = [
    // Where no name is known the server shows the nick instead, which says nothing about names.
    { label: t('members.column.name'), value: (row) => (row.display_name === row.nick ? null : row.display_name || null), masked: true },
    { label: t('members.column.nick'), value: (row) => row.nick, figure: true },
    { label: t('members.column.phone'), value: (row) => row.phone, masked: true },
    { label: t('members.column.gender'), value: gender },
    { label: t('members.column.region'), value: (row) => region(row.province, row.city) || null },
    { label: t('members.column.level'), value: (row) => row.level },
    { label: t('members.column.platforms'), value: (row) => row.platforms.join(), show: (row) => <Platforms codes={row.platforms} t={t} />, figure: true },
    { label: t('members.column.accounts'), value: () => null, show: (row) => <Count value={row.accounts} />, figure: true },
    { label: t('members.column.trades'), value: () => null, show: (row) => <Count value={row.paid_trades} />, figure: true },
    { label: t('members.column.paid'), value: () => null, show: (row) => <Money value={row.paid_amount} />, figure: true },
    { label: t('members.column.first'), value: () => null, show: (row) => <Day value={row.first_paid_at} />, figure: true },
    { label: t('members.column.last'), value: () => null, show: (row) => <Day value={row.last_paid_at} />, figure: true },
  ];
  const verdict = (line: Line): 'same' | 'alike' | 'differ' | null => {
    const values = members.map(line.value);
    if (line.figure || values.length < 2 || values.some((value) => value === null)) return null;
    if (new Set(values).size > 1) return 'differ';
    return line.masked ? 'alike' : 'same';
  };
  return (
    <div className="ht-compare-box">
      <table className="ht-compare">
        <thead>
          <tr><th scope="col"><span className="ht-sr">{t('members.compare.what')}</span></th>{members.map((row) => <th key={row.member} scope="col"><MemberName row={row} /><small className="ht-num">#{row.member}</small></th>)}<th scope="col"><span className="ht-sr">{t('members.compare.verdict')}</span></th></tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const said = verdict(line);
            return (
              <tr key={line.label} className={said ? `ht-compare-${said}` : ''}>
                <th scope="row">{line.label}{said && <small className="ht-compare-word">{t(`members.compare.${said}`)}</small>}</th>
                {members.map((row) => <td key={row.member}>{line.show ? line.show(row) : <Text value={line.value(row)} />}</td>)}
                <td>{said && t(`members.compare.${said}`)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
