import { EllipsisOutlined } from '@ant-design/icons';
import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUrl } from './url';

export interface DetailTab {
  key: string;
  label: ReactNode;
  content: ReactNode;
}

interface DetailFrameProps {
  left?: ReactNode;
  right?: ReactNode;
  /** History comes last. */
  tabs: DetailTab[];
}

/** The frame of every detail page below its head: facts at the left, tabs in the middle, relations at the right. */
export function DetailFrame({ left, right, tabs }: DetailFrameProps) {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const asked = params.get('tab');
  const active = tabs.some((tab) => tab.key === asked) ? asked! : tabs[0]!.key;
  return (
    <div className="ht-detail">
      {left && <aside className="ht-detail-left">{left}</aside>}
      <div className="ht-detail-main">
        <Tabs
          more={{ icon: <EllipsisOutlined aria-label={t('ui.more')} /> }}
          activeKey={active}
          onChange={(key) => set({ tab: key === tabs[0]!.key ? null : key })}
          items={tabs.map((tab) => ({ key: tab.key, label: tab.label, children: active === tab.key ? tab.content : null }))}
        />
      </div>
      {right && <aside className="ht-detail-right">{right}</aside>}
    </div>
  );
}
