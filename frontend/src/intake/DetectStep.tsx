import { EditOutlined } from '@ant-design/icons';
import { Alert, Button, Radio, Select, Tabs, Tag } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BatchDetail, Profile } from '../api/types';
import { share } from '../ui/format';
import { Section } from '../ui/Page';
import { useSession } from '../ui/session';
import { ErrorNote } from '../ui/States';
import type { Choice, Saved } from './api';
import { fromJson, strayEntries } from './draft';
import { SampleTable } from './SampleTable';
import { ShopPicker } from './ShopPicker';
import { namedShop, needsShop, onlyShop } from './shops';
import type { FileTable } from './types';

interface DetectStepProps {
  batch: BatchDetail;
  profiles: Profile[];
  mappings: Saved[];
  busy: boolean;
  error: unknown;
  onRead: (choice: Choice) => void;
  onDraw: () => void;
}

/** What is chosen: a report (`p:code`), a saved mapping (`m:id`), or nothing yet. */
type Picked = string | null;

const AUTO = 'p:auto';

function firstPick(batch: BatchDetail, profiles: Profile[], mappings: Saved[]): Picked {
  const mapped = batch.profile?.startsWith('mapping:') ? mappings.find((one) => one.id !== null && `mapping:${one.name}` === batch.profile) : undefined;
  if (mapped) return `m:${mapped.id}`;
  if (batch.tables.length > 1 && (batch.profile === null || batch.profile.includes('+'))) return AUTO;
  if (batch.profile && profiles.some((one) => one.code === batch.profile)) return `p:${batch.profile}`;
  const clear = batch.matches.find((match) => match.missing.length === 0);
  return clear ? `p:${clear.profile}` : null;
}

/** What the file seems to be, why, and whose it is. */
export function DetectStep({ batch, profiles, mappings, busy, error, onRead, onDraw }: DetectStepProps) {
  const { t } = useTranslation();
  const { shops } = useSession();
  const [picked, setPicked] = useState<Picked>(() => firstPick(batch, profiles, mappings));
  const [chosenShop, setShop] = useState<number | null>(batch.shop ?? null);
  const [tried, setTried] = useState(false);

  const header = (batch.tables[0]?.header ?? []);
  const saved = mappings.filter((one) => one.id !== null);
  const fits = (one: Saved) => one.mapping.no_header || one.mapping.header_row || strayEntries(fromJson(one.mapping), header).length === 0;
  const profile = picked?.startsWith('p:') ? profiles.find((one) => one.code === picked.slice(2)) : undefined;
  const mapping = picked?.startsWith('m:') ? saved.find((one) => one.id === picked.slice(2)) : undefined;
  const match = batch.matches.find((one) => `p:${one.profile}` === picked);
  const platform = profile?.platform ?? mapping?.mapping.platform ?? null;
  const wantsShop = profile ? needsShop(profile.produces) : mapping ? mapping.mapping.grain !== 'item' : true;
  const shop = chosenShop ?? onlyShop(shops, platform)?.id ?? null;
  const shopMissing = wantsShop && shop === null;
  const others = profiles.filter((one) => !one.is_mapping && !batch.matches.some((known) => known.profile === one.code));
  const isOther = profile !== undefined && others.includes(profile);
  const best = batch.matches.find((one) => one.missing.length === 0);

  const read = () => {
    setTried(true);
    if (!picked || shopMissing) return;
    onRead({ ...(mapping ? { mapping_id: mapping.id! } : { profile: picked.slice(2) }), shop: wantsShop ? shop : null });
  };
  return (
    <>
      <Section
        title={t('intake.detect.title')}
        sentence={best ? t('intake.detect.like', { label: best.label }) : t('intake.detect.unknown')}
        extra={picked && <Button icon={<EditOutlined />} onClick={onDraw}>{t('intake.detect.draw')}</Button>}
      >
        <Radio.Group className="ht-in-matches" value={picked} onChange={(event) => setPicked(event.target.value as string)} aria-label={t('intake.detect.title')}>
          {batch.tables.length > 1 && <Radio value={AUTO}><span className="ht-in-match"><strong>{t('intake.detect.auto')}</strong><small>{t('intake.detect.autoHelp', { count: batch.tables.length })}</small></span></Radio>}
          {batch.matches.map((one) => (
            <Radio key={one.profile} value={`p:${one.profile}`}>
              <MatchLine label={one.label} figure={t('intake.detect.score', { share: share(one.score) })} why={one.why} missing={one.missing} />
            </Radio>
          ))}
          {others.length > 0 && (
            <Radio value={isOther ? picked! : 'p:'} disabled={!isOther && others.length === 0}>
              <span className="ht-in-match-pick">
                {t('intake.detect.other')}
                <Select
                  size="small"
                  aria-label={t('intake.detect.other')}
                  placeholder={t('intake.detect.choose')}
                  popupMatchSelectWidth={false}
                  showSearch={{ optionFilterProp: 'label' }}
                  value={isOther ? profile.code : undefined}
                  onChange={(code) => setPicked(`p:${code}`)}
                  options={others.map((one) => ({ value: one.code, label: one.label }))}
                />
              </span>
            </Radio>
          )}
          {saved.length > 0 && (
            <Radio value={mapping ? picked! : 'm:'}>
              <span className="ht-in-match-pick">
                {t('intake.detect.saved')}
                <Select
                  size="small"
                  aria-label={t('intake.detect.saved')}
                  placeholder={t('intake.detect.choose')}
                  popupMatchSelectWidth={false}
                  showSearch={{ optionFilterProp: 'label' }}
                  value={mapping?.id ?? undefined}
                  onChange={(id) => setPicked(`m:${id}`)}
                  options={[...saved].sort((a, b) => Number(fits(b)) - Number(fits(a))).map((one) => ({ value: one.id, label: fits(one) ? t('intake.detect.fits', { name: one.name }) : one.name }))}
                />
              </span>
            </Radio>
          )}
        </Radio.Group>
        {match && match.missing.length > 0 && <Alert type="warning" showIcon title={t('intake.detect.missingTitle', { label: match.label })} description={t('intake.detect.missingHelp', { columns: match.missing.join(t('intake.comma')) })} />}
      </Section>

      {wantsShop && (
        <Section title={t('intake.shop.title')} sentence={t('intake.shop.lead')}>
          <ShopPicker value={shop} onChange={setShop} platform={platform} named={namedShop(batch.tables)} invalid={tried && shopMissing} />
          {tried && shopMissing && <p className="ht-in-fault" role="alert">{t('intake.shop.missing')}</p>}
        </Section>
      )}

      <SampledTables tables={batch.tables} marked={match?.missing ?? []} />

      <ActionBar problem={tried && !picked ? t('intake.detect.nothing') : undefined}>
        {picked && picked.length > 2 ? (
          <Button type="primary" loading={busy} onClick={read}>{t('intake.detect.read')}</Button>
        ) : (
          <Button type="primary" icon={<EditOutlined />} onClick={onDraw}>{t('intake.detect.draw')}</Button>
        )}
      </ActionBar>
      <ErrorNote error={error} />
    </>
  );
}

function MatchLine({ label, figure, why, missing }: { label: string; figure: string; why: string; missing: string[] }) {
  const { t } = useTranslation();
  return (
    <span className="ht-in-match">
      <span><strong>{label}</strong> <span className="ht-num ht-muted">{figure}</span></span>
      <small>{why}</small>
      {missing.length > 0 && <small>{t('intake.detect.missing')} {missing.map((column) => <Tag key={column} color="error">{column}</Tag>)}</small>}
    </span>
  );
}

/** The first rows of every table of the file. */
export function SampledTables({ tables, marked }: { tables: FileTable[]; marked?: readonly string[] }) {
  const { t } = useTranslation();
  if (tables.length === 0) return null;
  const one = (table: FileTable) => (
    <>
      {table.profile_label && tables.length > 1 && <p className="ht-sentence">{t('intake.detect.tableIs', { label: table.profile_label })}</p>}
      {table.rows_sampled.length ? <SampleTable header={table.header} rows={table.rows_sampled} marked={marked} label={table.name || t('intake.detect.sample')} /> : <p className="ht-muted">{t('intake.detect.noRows')}</p>}
    </>
  );
  return (
    <Section title={t('intake.detect.sample')} sentence={t('intake.detect.sampleLead')}>
      {tables.length === 1 ? one(tables[0]!) : <Tabs items={tables.map((table, index) => ({ key: String(index), label: table.name, children: one(table) }))} />}
    </Section>
  );
}

/** The verbs of a step, always in reach at the foot of the screen. */
export function ActionBar({ sentence, problem, children }: { sentence?: ReactNode; problem?: ReactNode; children: ReactNode }) {
  return (
    <div className="ht-in-bar">
      <div className="ht-in-bar-words">
        {sentence}
        {problem && <span className="ht-in-fault" role="alert">{problem}</span>}
      </div>
      <div className="ht-verbs">{children}</div>
    </div>
  );
}
