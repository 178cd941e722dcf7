import { GlobalOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { setLanguage } from '../i18n';

/** The way out and back: a square spiral that ends in an arrow turning home, the mark drawn large and faint. */
function Pattern() {
  return (
    <svg viewBox="0 0 400 400" aria-hidden="true" className="ht-gate-pattern">
      <path d="M20 400V20H380V380H64V64H336V336H108V108H292V292H152V152H248V244H176" />
      <path d="M204 216l-30 28 30 28" />
    </svg>
  );
}

/** The frame before the app: login and the forced change of a password. */
export function Gate({ title, lead, foot, children }: { title: string; lead?: ReactNode; foot?: ReactNode; children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const other = i18n.language === 'zh' ? 'en' : 'zh';
  useEffect(() => {
    document.title = `${title} · ${t('web.brand')}`;
  }, [title, t]);
  return (
    <div className="ht-gate">
      <div className="ht-gate-side">
        <Pattern />
        <div className="ht-gate-words">
          <img src="/favicon.svg" alt="" width={44} height={44} />
          <p className="ht-gate-name">{t('web.brand')}</p>
          <p className="ht-gate-tagline">{t('web.tagline')}</p>
        </div>
      </div>
      <main className="ht-gate-main">
        <div className="ht-gate-top">
          <Button type="text" icon={<GlobalOutlined />} lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => setLanguage(other)}>{t('web.user.language')}</Button>
        </div>
        <div className="ht-gate-form">
          <h1>{title}</h1>
          {lead && <p className="ht-lead">{lead}</p>}
          {children}
          {foot && <p className="ht-gate-foot">{foot}</p>}
        </div>
      </main>
    </div>
  );
}
