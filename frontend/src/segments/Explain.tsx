import { CheckCircleFilled, CloseCircleFilled, SearchOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Loaded } from '../ui/States';
import { useUrl } from '../ui/url';
import { useExplain } from './api';
import type { ExplainedNode } from './types';

/** Conditions that compare a value; of the others there is nothing to find. */
const VALUED = new Set(['profile', 'trades', 'events', 'interval']);

/** Ask of one member why it is in a segment or not. */
export function ExplainPanel({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const member = /^\d+$/.test(params.get('member') ?? '') ? params.get('member')! : '';
  const [text, setText] = useState(member);
  const number = text.replace(/^#/, '').trim();
  return (
    <div className="ht-sg-explain">
      <form
        className="ht-inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (/^\d+$/.test(number)) set({ member: number });
        }}
      >
        <label className="ht-inline"><span>{t('segments.explain.who')}</span><Input prefix="#" className="ht-sg-number-of" value={text} inputMode="numeric" placeholder={t('segments.explain.hint')} onChange={(event) => setText(event.target.value)} /></label>
        <Button htmlType="submit" icon={<SearchOutlined />} disabled={!/^\d+$/.test(number)}>{t('segments.explain.verb')}</Button>
      </form>
      {member ? <Why segment={segment} member={member} /> : <p className="ht-muted ht-pad">{t('segments.explain.lead')}</p>}
    </div>
  );
}

function Why({ segment, member }: { segment: string; member: string }) {
  const { t } = useTranslation();
  const explained = useExplain(segment, member);
  return (
    <Loaded query={explained} rows={6}>
      {(found) => (
        <>
          <p className="ht-sg-verdict">
            <Mark holds={found.in} />
            <strong><Link to={`/members/${found.member}`}>#{found.member}</Link> {found.in ? t('segments.explain.in') : t('segments.explain.out')}</strong>
          </p>
          <ul className="ht-sg-tree"><Node node={found.tree} /></ul>
        </>
      )}
    </Loaded>
  );
}

/** A tick or a cross, in words too. */
function Mark({ holds }: { holds: boolean }) {
  const { t } = useTranslation();
  return holds
    ? <CheckCircleFilled className="ht-sg-mark ht-good" aria-label={t('segments.explain.holds')} role="img" />
    : <CloseCircleFilled className="ht-sg-mark ht-muted" aria-label={t('segments.explain.fails')} role="img" />;
}

function Node({ node }: { node: ExplainedNode }) {
  const { t } = useTranslation();
  const group = node.kind === 'all' || node.kind === 'any' || node.kind === 'none' ? node.kind : null;
  return (
    <li className={node.holds ? '' : 'ht-sg-fails'}>
      <div className="ht-sg-tree-line">
        <Mark holds={node.holds} />
        <span>{group ? t(`segments.kind.${group}.long`) : node.sentence}</span>
        {node.value !== null ? <span className="ht-sg-found-value">{t('segments.explain.found', { value: node.value })}</span> : VALUED.has(node.kind) && <span className="ht-sg-found-value">{t('segments.explain.notKnown')}</span>}
      </div>
      {node.children.length > 0 && <ul>{node.children.map((child) => <Node key={child.path} node={child} />)}</ul>}
    </li>
  );
}
