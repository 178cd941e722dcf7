import { useTranslation } from 'react-i18next';

/** 回 drawn as a seal whose inner square turns back. */
export function Seal({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="ht-seal">
      <rect width="32" height="32" rx="6" fill="var(--ht-seal)" />
      <g fill="none" stroke="#FFFDF9" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <rect x="6" y="6" width="20" height="20" rx="1.6" />
        <path d="M11.8 11.8h8.4v7.4h-7.8" />
        <path d="m14.6 16.8-2.6 2.4 2.6 2.4" />
      </g>
    </svg>
  );
}

export function Brandmark() {
  const { t } = useTranslation();
  return <span className="ht-brand"><Seal /><span>{t('web.brand')}</span></span>;
}
