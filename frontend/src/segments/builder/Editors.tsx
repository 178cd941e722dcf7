import { InputNumber, Select, Input, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSegments } from '../api';
import {
  askedOf,
  askedOfInterval,
  attributeOf,
  EVER,
  factOfNode,
  factOfStep,
  isNumeric,
  ordersOf,
  stepEvent,
  subjectOf,
  withOperator,
} from '../defaults';
import { isGroup, type CellNode, type EventsNode, type IntervalNode, type LeafNode, type ProfileNode, type RankNode, type SampleNode, type SegmentNode, type SequenceNode, type Step, type Subject, type TagNode, type TradesNode } from '../types';
import { useBuilder } from './context';
import { useSettled, ValueEditor } from './ValueEditor';
import { OperatorSelect, WhereEditor } from './WhereEditor';
import { WindowPicker } from './WindowPicker';

interface EditorProps<T> {
  node: T;
  onChange: (node: LeafNode) => void;
  /** Change what the condition is about. */
  onReplace: () => void;
}

/** What a condition is about; a click chooses something else. */
function SubjectButton({ label, help, noData = false, onClick }: { label: string; help?: string; noData?: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  const hint = [help, noData ? t('segments.palette.noDataText') : ''].filter(Boolean).join(' ');
  return (
    <Tooltip title={hint || undefined} mouseEnterDelay={0.4}>
      <button type="button" className={`ht-sg-subject ${noData ? 'ht-sg-nodata' : ''}`} title={t('segments.builder.replace')} onClick={onClick}>{label}</button>
    </Tooltip>
  );
}

function Profile({ node, onChange, onReplace }: EditorProps<ProfileNode>) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const attribute = attributeOf(catalogue, node.attribute);
  const asked = askedOf(catalogue, node);
  if (!attribute || !asked) return <Unknown name={node.attribute} onReplace={onReplace} />;
  return (
    <>
      <SubjectButton label={attribute.label} help={attribute.help} noData={!attribute.has_data} onClick={onReplace} />
      {attribute.windowed && <WindowPicker use="facts" label={t('segments.builder.window')} value={node.window ?? attribute.default_window ?? EVER} onChange={(window) => onChange({ ...node, window })} />}
      <OperatorSelect asked={asked} value={node.operator} label={attribute.label} onChange={(code) => onChange(withOperator(catalogue, node, asked, code))} />
      <ValueEditor asked={asked} operator={node.operator} value={node.value} label={attribute.label} onChange={(value) => onChange({ ...node, value })} />
    </>
  );
}

type FactNode = TradesNode | EventsNode;

function FactParts<T extends FactNode | Extract<Subject, { measure: string }>>({ node, onChange, onReplace, numeric = false }: { node: T; onChange: (node: T) => void; onReplace: () => void; numeric?: boolean }) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const fact = factOfNode(catalogue, node);
  if (!fact) return <Unknown name={node.kind === 'trades' ? node.kind : node.event} onReplace={onReplace} />;
  return (
    <>
      <SubjectButton label={fact.label} noData={!fact.has_data} onClick={onReplace} />
      {node.kind === 'trades' && fact.bases.length > 1 && (
        <Select<string> variant="filled" aria-label={t('segments.builder.basis')} value={node.basis} popupMatchSelectWidth={false} options={fact.bases.map((one) => ({ value: one.code, label: one.label }))} onChange={(basis) => onChange({ ...node, basis })} />
      )}
      <WindowPicker use="facts" label={t('segments.builder.window')} value={node.window ?? EVER} onChange={(window) => onChange({ ...node, window })} />
      <Select<string>
        variant="filled"
        aria-label={t('segments.builder.measure')}
        value={node.measure}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: 'label' }}
        options={fact.measures.filter((one) => !numeric || isNumeric(one.type)).map((one) => ({ value: one.code, label: one.label, title: one.help }))}
        onChange={(code) => onChange({ ...node, measure: code })}
      />
    </>
  );
}

function FactCondition({ node, onChange, onReplace }: EditorProps<FactNode>) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const fact = factOfNode(catalogue, node);
  const asked = askedOf(catalogue, node);
  const label = fact?.label ?? '';
  /** Another measure may have other operators, and values of another kind. */
  const change = (next: FactNode) => {
    const nextAsked = askedOf(catalogue, next);
    if (!nextAsked || next.measure === node.measure) return onChange(next);
    const keeps = nextAsked.operators.includes(next.operator) && nextAsked.type === asked?.type;
    return onChange(keeps ? next : withOperator(catalogue, { ...next, value: isNumeric(nextAsked.type) && asked && isNumeric(asked.type) && nextAsked.type !== 'share' ? next.value : undefined }, nextAsked, nextAsked.operators.includes(next.operator) ? next.operator : nextAsked.operators[0]!));
  };
  return (
    <>
      <FactParts node={node} onChange={change} onReplace={onReplace} />
      {fact && !asked && <span className="ht-danger">{t('segments.builder.unknown')}</span>}
      {asked && <OperatorSelect asked={asked} value={node.operator} label={label} onChange={(code) => onChange(withOperator(catalogue, node, asked, code))} />}
      {asked && <ValueEditor asked={asked} operator={node.operator} value={node.value} label={label} onChange={(value) => onChange({ ...node, value })} />}
      {fact && <WhereEditor fact={fact} where={node.where} onChange={(where) => onChange({ ...node, where })} />}
    </>
  );
}

function StepEditor({ step, label, onChange }: { step: Step; label: string; onChange: (step: Step) => void }) {
  const { catalogue } = useBuilder();
  const fact = factOfStep(catalogue, step.event);
  return (
    <>
      <Select<string>
        variant="filled"
        aria-label={label}
        value={step.event}
        popupMatchSelectWidth={false}
        options={catalogue.facts.map((one) => ({ value: stepEvent(one), label: one.label }))}
        onChange={(event) => onChange({ event, where: [] })}
      />
      {fact && <WhereEditor fact={fact} where={step.where} onChange={(where) => onChange({ ...step, where })} />}
    </>
  );
}

function Sequence({ node, onChange, onReplace }: EditorProps<SequenceNode>) {
  const { t } = useTranslation();
  return (
    <>
      <SubjectButton label={t('segments.special.sequence')} onClick={onReplace} />
      <WindowPicker use="facts" label={t('segments.builder.window')} value={node.window} onChange={(window) => onChange({ ...node, window })} />
      <div className="ht-sg-step">
        <span className="ht-sg-word">{t('segments.sequence.first')}</span>
        <StepEditor step={node.first} label={t('segments.sequence.first')} onChange={(first) => onChange({ ...node, first })} />
      </div>
      <div className="ht-sg-step">
        <span className="ht-sg-word">{t('segments.sequence.after')}</span>
        <InputNumber className="ht-sg-n" min={1} max={10_000} precision={0} controls={false} changeOnWheel={false} aria-label={t('segments.sequence.within')} value={node.within.n} onChange={(n) => onChange({ ...node, within: { ...node.within, n: n ?? 0 } })} />
        <Select<'day' | 'hour'> variant="filled" aria-label={t('segments.window.unitLabel')} value={node.within.unit} popupMatchSelectWidth={false} options={(['day', 'hour'] as const).map((unit) => ({ value: unit, label: t(`segments.window.unit.${unit}`, { count: node.within.n }) }))} onChange={(unit) => onChange({ ...node, within: { ...node.within, unit } })} />
        <Select<'yes' | 'no'>
          variant="filled"
          aria-label={t('segments.sequence.happens')}
          value={node.happens ? 'yes' : 'no'}
          popupMatchSelectWidth={false}
          options={(['yes', 'no'] as const).map((value) => ({ value, label: t(`segments.sequence.${value}`) }))}
          onChange={(value) => onChange({ ...node, happens: value === 'yes' })}
        />
        <StepEditor step={node.then} label={t('segments.sequence.then')} onChange={(then) => onChange({ ...node, then })} />
      </div>
    </>
  );
}

function Interval({ node, onChange, onReplace }: EditorProps<IntervalNode>) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const asked = askedOfInterval(catalogue);
  const trades = ordersOf(catalogue);
  const label = t('segments.special.interval');
  return (
    <>
      <SubjectButton label={label} help={t('segments.special.intervalHelp')} onClick={onReplace} />
      <Select<'own' | 'everyone'>
        variant="filled"
        aria-label={t('segments.interval.cycle')}
        value={node.cycle}
        popupMatchSelectWidth={false}
        options={[{ value: 'own', label: t('segments.interval.own') }, { value: 'everyone', label: t('segments.interval.everyone') }]}
        onChange={(cycle) => onChange({ ...node, cycle })}
      />
      <OperatorSelect asked={asked} value={node.operator} label={label} onChange={(code) => onChange(withOperator(catalogue, node, asked, code))} />
      <ValueEditor asked={asked} operator={node.operator} value={node.value} label={label} onChange={(value) => onChange({ ...node, value })} />
      {trades && <WhereEditor fact={trades} where={node.where} onChange={(where) => onChange({ ...node, where })} />}
    </>
  );
}

function Rank({ node, onChange, onReplace }: EditorProps<RankNode>) {
  const { t } = useTranslation();
  const { catalogue, pick } = useBuilder();
  const { by } = node;
  const attribute = by.kind === 'profile' ? attributeOf(catalogue, by.attribute) : undefined;
  const fact = by.kind === 'profile' ? undefined : factOfNode(catalogue, by);
  const setBy = (next: Subject) => onChange({ ...node, by: next });
  const choose = () =>
    pick({
      numeric: true,
      onPick: (found) => {
        const subject = isGroup(found) ? null : subjectOf(found);
        if (subject) setBy(subject);
      },
    });
  return (
    <>
      <SubjectButton label={t('segments.special.rank')} onClick={onReplace} />
      <Select<'top' | 'bottom'> variant="filled" aria-label={t('segments.rank.direction')} value={node.direction} popupMatchSelectWidth={false} options={[{ value: 'top', label: t('segments.rank.top') }, { value: 'bottom', label: t('segments.rank.bottom') }]} onChange={(direction) => onChange({ ...node, direction })} />
      <InputNumber className="ht-sg-n" min={1} max={node.size.unit === 'percent' ? 100 : 100_000_000} controls={false} changeOnWheel={false} aria-label={t('segments.rank.size')} value={node.size.n} onChange={(n) => onChange({ ...node, size: { ...node.size, n: n ?? 0 } })} />
      <Select<'members' | 'percent'> variant="filled" aria-label={t('segments.rank.unit')} value={node.size.unit} popupMatchSelectWidth={false} options={[{ value: 'members', label: t('segments.rank.members') }, { value: 'percent', label: '%' }]} onChange={(unit) => onChange({ ...node, size: { n: unit === 'percent' ? Math.min(100, node.size.n) : node.size.n, unit } })} />
      <span className="ht-sg-word">{t('segments.rank.by')}</span>
      {by.kind === 'profile' ? (
        <>
          <SubjectButton label={attribute?.label ?? by.attribute} help={attribute?.help} onClick={choose} />
          {attribute?.windowed && <WindowPicker use="facts" label={t('segments.builder.window')} value={by.window ?? attribute.default_window ?? EVER} onChange={(window) => setBy({ ...by, window })} />}
        </>
      ) : (
        <>
          <FactParts node={by} numeric onChange={setBy} onReplace={choose} />
          {fact && <WhereEditor fact={fact} where={by.where} onChange={(where) => setBy({ ...by, where })} />}
        </>
      )}
    </>
  );
}

function Cell({ node, onChange, onReplace }: EditorProps<CellNode>) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const grid = catalogue.grids.find((one) => one.code === node.grid);
  if (!grid) return <Unknown name={node.grid} onReplace={onReplace} />;
  return (
    <>
      <SubjectButton label={grid.label} help={grid.help} onClick={onReplace} />
      <span className="ht-sg-word">{t('segments.builder.isOneOf')}</span>
      <Select<string[]>
        mode="multiple"
        className="ht-sg-select"
        status={node.cells.length ? undefined : 'warning'}
        aria-label={grid.label}
        placeholder={t('segments.value.choose')}
        value={node.cells}
        maxTagCount={6}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: 'label' }}
        options={grid.cells.map((one) => ({ value: one.code, label: one.label }))}
        onChange={(cells) => onChange({ ...node, cells })}
      />
    </>
  );
}

const TAG_OPERATORS = ['any_of', 'all_of', 'none_of'];

function TagCondition({ node, onChange, onReplace }: EditorProps<TagNode>) {
  const { t } = useTranslation();
  const { tags } = useBuilder();
  const groups = [...new Set(tags.map((tag) => tag.group))];
  const known = new Set(tags.map((tag) => tag.id));
  return (
    <>
      <SubjectButton label={t('segments.special.tag')} onClick={onReplace} />
      <Select<string> variant="filled" aria-label={t('segments.builder.operator')} value={node.operator} popupMatchSelectWidth={false} options={TAG_OPERATORS.map((code) => ({ value: code, label: t(`segments.tagOperator.${code as 'any_of'}`) }))} onChange={(operator) => onChange({ ...node, operator })} />
      <Select<string[]>
        mode="multiple"
        className="ht-sg-select"
        status={node.tags.length ? undefined : 'warning'}
        aria-label={t('segments.special.tag')}
        placeholder={t('segments.value.choose')}
        value={node.tags}
        maxTagCount={6}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: 'label' }}
        options={[
          ...groups.map((group) => ({ label: group, options: tags.filter((tag) => tag.group === group).map((tag) => ({ value: tag.id, label: tag.label })) })),
          ...node.tags.filter((id) => !known.has(id)).map((id) => ({ value: id, label: t('segments.builder.goneTag', { id }) })),
        ]}
        onChange={(chosen) => onChange({ ...node, tags: chosen })}
      />
    </>
  );
}

function Sample({ node, onChange, onReplace }: EditorProps<SampleNode>) {
  const { t } = useTranslation();
  const number = (key: 'start' | 'end') => (
    <InputNumber className="ht-sg-n" min={0} max={100} controls={false} changeOnWheel={false} suffix="%" status={node.start < node.end ? undefined : 'warning'} aria-label={t(`segments.sample.${key}`)} value={node[key]} onChange={(next) => onChange({ ...node, [key]: next ?? 0 })} />
  );
  return (
    <>
      <SubjectButton label={t('segments.special.sample')} help={t('segments.special.sampleHelp')} onClick={onReplace} />
      <span className="ht-sg-pair">{number('start')}<i>–</i>{number('end')}</span>
      <span className="ht-sg-word">{t('segments.sample.salt')}</span>
      <Input className="ht-sg-text" status={node.salt ? undefined : 'warning'} maxLength={60} aria-label={t('segments.sample.salt')} value={node.salt} onChange={(event) => onChange({ ...node, salt: event.target.value })} />
    </>
  );
}

function Saved({ node, onChange, onReplace }: EditorProps<SegmentNode>) {
  const { t } = useTranslation();
  const { self } = useBuilder();
  const [text, setText] = useState('');
  const settled = useSettled(text.trim());
  const found = useSegments({ q: settled || undefined, size: 50 });
  // The one that is chosen may not be among those found.
  const all = useSegments({ size: 200 });
  const options = (found.data?.items ?? []).filter((one) => one.id !== self);
  const chosen = [...options, ...(all.data?.items ?? [])].find((one) => one.id === node.segment);
  return (
    <>
      <SubjectButton label={t('segments.special.segment')} onClick={onReplace} />
      <Select<string>
        className="ht-sg-select"
        status={node.segment ? undefined : 'warning'}
        aria-label={t('segments.special.segment')}
        placeholder={t('segments.value.search')}
        value={node.segment || undefined}
        popupMatchSelectWidth={false}
        loading={found.isFetching}
        showSearch={{ searchValue: text, onSearch: setText, filterOption: false }}
        options={options.map((one) => ({ value: one.id, label: one.name }))}
        labelRender={({ value }) => chosen?.name ?? `#${value}`}
        onChange={(segment) => onChange({ ...node, segment })}
      />
      {chosen && <span className="ht-sg-aside">{chosen.sentence}</span>}
    </>
  );
}

/** A condition that names what the catalogue no longer has. */
function Unknown({ name, onReplace }: { name: string; onReplace: () => void }) {
  const { t } = useTranslation();
  return <><SubjectButton label={name} onClick={onReplace} /><span className="ht-danger">{t('segments.builder.unknown')}</span></>;
}

/** The editor of one condition, by its kind. */
export function LeafEditor({ node, onChange, onReplace }: EditorProps<LeafNode>) {
  const rest = { onChange, onReplace };
  switch (node.kind) {
    case 'profile':
      return <Profile node={node} {...rest} />;
    case 'trades':
    case 'events':
      return <FactCondition node={node} {...rest} />;
    case 'sequence':
      return <Sequence node={node} {...rest} />;
    case 'interval':
      return <Interval node={node} {...rest} />;
    case 'rank':
      return <Rank node={node} {...rest} />;
    case 'cell':
      return <Cell node={node} {...rest} />;
    case 'tag':
      return <TagCondition node={node} {...rest} />;
    case 'sample':
      return <Sample node={node} {...rest} />;
    case 'segment':
      return <Saved node={node} {...rest} />;
  }
}
