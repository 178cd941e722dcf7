import { Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loaded } from '../ui/States';
import { useProfiles } from './api';

/** Which reports are recognised, and by which columns. */
export function ReportsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const profiles = useProfiles();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  return (
    <Drawer open onClose={onClose} title={t('intake.reports.title')} size={480}>
      <p className="ht-in-reports-lead">{t('intake.reports.lead')}</p>
      <Input allowClear value={text} onChange={(event) => setText(event.target.value)} placeholder={t('intake.reports.find')} aria-label={t('intake.reports.find')} />
      <Loaded query={profiles} rows={8}>
        {(list) => {
          const found = list.filter((one) => !one.is_mapping && (!wanted || one.label.toLowerCase().includes(wanted) || one.headers.some((header) => header.aliases.some((alias) => alias.toLowerCase().includes(wanted)))));
          return (
            <ul className="ht-in-reports">
              {found.map((one) => {
                const required = one.headers.filter((header) => header.required);
                return (
                  <li key={one.code}>
                    <strong>{one.label}</strong>
                    <p>{t('intake.reports.needs', { columns: (required.length ? required : one.headers.slice(0, 6)).map((header) => header.aliases[0] ?? header.label).join(t('intake.comma')) })}</p>
                  </li>
                );
              })}
              {found.length === 0 && <li className="ht-muted">{t('intake.reports.none')}</li>}
            </ul>
          );
        }}
      </Loaded>
    </Drawer>
  );
}
