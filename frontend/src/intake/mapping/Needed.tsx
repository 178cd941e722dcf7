import { CheckCircleOutlined, ExclamationCircleOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../draft';
import { neededGroups } from '../fields';

/** What a file of this kind must have, ticked off as it is mapped. */
export function Needed({ draft, labelOf, tried }: { draft: Draft; labelOf: (field: string) => string; tried: boolean }) {
  const { t } = useTranslation();
  const mapped = new Set(draft.entries.map((item) => item.field));
  return (
    <ul className="ht-in-needed" aria-label={t('intake.map.required')}>
      <li className="ht-muted">{t('intake.map.required')}</li>
      {neededGroups(draft.grain, Boolean(draft.options.trade_id_from?.length)).map((group) => {
        const done = group.some((field) => mapped.has(field));
        return (
          <li key={group.join()} className={done ? 'ht-in-done' : tried ? 'ht-in-fault' : ''}>
            {done ? <CheckCircleOutlined aria-label={t('intake.map.there')} /> : <ExclamationCircleOutlined aria-label={t('intake.map.missing')} />} {group.slice(0, 4).map(labelOf).join(t('intake.or'))}{group.length > 4 && t('intake.map.andOthers')}
          </li>
        );
      })}
    </ul>
  );
}
