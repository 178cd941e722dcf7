import { Grid } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Narrow screens: tables become cards, the navigation a drawer. */
export function useIsPhone(): boolean {
  const screens = Grid.useBreakpoint();
  return screens.md === false;
}

interface PageProps {
  title: string;
  /** A sentence under the title. */
  lead?: ReactNode;
  verbs?: ReactNode;
  /** Above the title: where one came from. */
  back?: ReactNode;
  state?: ReactNode;
  children: ReactNode;
}

/** The frame of every screen: what it is and its state on top, verbs at the right, content below. */
export function Page({ title, lead, verbs, back, state, children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('web.brand')}`;
  }, [title, t]);
  return (
    <section className="ht-page">
      <header className="ht-page-head">
        <div className="ht-page-title">
          {back}
          <div className="ht-page-name"><h1>{title}</h1>{state}</div>
          {lead && <p className="ht-lead">{lead}</p>}
        </div>
        {verbs && <div className="ht-verbs">{verbs}</div>}
      </header>
      {children}
    </section>
  );
}

/** A titled piece of a screen, ruled off by a hairline rather than boxed. */
export function Section({ title, sentence, extra, children, id }: { title: ReactNode; sentence?: ReactNode; extra?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <section className="ht-section" id={id}>
      <div className="ht-section-head">
        <div><h2>{title}</h2>{sentence && <p className="ht-sentence">{sentence}</p>}</div>
        {extra && <div className="ht-section-extra">{extra}</div>}
      </div>
      {children}
    </section>
  );
}
