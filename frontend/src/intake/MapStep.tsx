import { Alert, Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';
import type { BatchDetail, Profile } from '../api/types';
import { Section } from '../ui/Page';
import { useLocale } from '../ui/session';
import { ErrorNote, Loaded } from '../ui/States';
import { useFetchFields, useFields, useSaveMapping, type Choice, type Saved } from './api';
import { ActionBar } from './DetectStep';
import { aliasesOf, emptyDraft, fromJson, guessGrain, plainName, problemsOf, serverProblems, suggest, toJson, viewOf, withGrain, type Draft, type Problem } from './draft';
import { ColumnsTable } from './mapping/ColumnsTable';
import { Needed } from './mapping/Needed';
import { ReadingOptions } from './mapping/ReadingOptions';
import { WordMaps } from './mapping/WordMaps';
import { ShopPicker } from './ShopPicker';
import { namedShop, PLATFORMS } from './shops';
import { GRAINS, type FileTable, type Grain, type MappingJson } from './types';

const EMPTY_TABLE: FileTable = { name: '', header: [], header_row: 1, rows_sampled: [], profile: null, profile_label: null };

interface MapStepProps {
  batch: BatchDetail;
  profiles: Profile[];
  mappings: Saved[];
  busy: boolean;
  error: unknown;
  onRead: (choice: Choice) => void;
}

/** The mapping that the batch was read with, or one to start from. */
export function MapStep(props: MapStepProps) {
  const { batch, profiles, mappings } = props;
  const table = (batch.tables[0] ?? EMPTY_TABLE);
  const given = batch.mapping as MappingJson | null;
  const [grain] = useState<Grain>(() => given?.grain ?? guessGrain(table.header, profiles));
  const fields = useFields(grain);
  const from = given ? (mappings.find((one) => one.id !== null && one.name === given.name) ?? null) : null;
  return (
    <Loaded query={fields} rows={8}>
      {(list) => {
        const initial = given ? fromJson(given) : { ...emptyDraft(plainName(batch.name), grain), entries: suggest(table.header, aliasesOf(grain, list, profiles)) };
        return <MapEditor {...props} table={table} initial={initial} initialFrom={from} />;
      }}
    </Loaded>
  );
}

interface MapEditorProps extends MapStepProps {
  table: FileTable;
  initial: Draft;
  /** The saved mapping it starts from. */
  initialFrom: Saved | null;
}

/** The field that a server's problem is told at, so that it is not told twice. */
function fieldOf(error: unknown): string | null {
  return error instanceof ApiError && typeof error.where.field === 'string' ? error.where.field : null;
}

/** Drawing a mapping: each column of the file beside the field it goes to. */
function MapEditor({ batch, table, profiles, mappings, initial, initialFrom, busy, error: readError, onRead }: MapEditorProps) {
  const { t } = useTranslation();
  const { language } = useLocale();
  const fetchFields = useFetchFields();
  const saving = useSaveMapping();
  const [draft, setDraft] = useState(initial);
  const [from, setFrom] = useState(initialFrom);
  const fields = useFields(draft.grain).data ?? [];
  const error = saving.error ?? readError;
  const [shop, setShop] = useState<number | null>(batch.shop ?? null);
  const [save, setSave] = useState(true);
  const [tried, setTried] = useState(false);

  const view = viewOf(table, draft.noHeader);
  const labels = new Map(fields.map((field) => [field.key, field.label]));
  const labelOf = (field: string) => labels.get(field) ?? field.replace(/^attribute:/, '');
  const problems = problemsOf(draft, view.header);
  const wantsShop = draft.grain !== 'item';
  const shopMissing = wantsShop && shop === null;
  const fromServer = error instanceof ApiError ? serverProblems(error.where, language) : [];
  const nameFault = tried && problems.some((one) => one.kind === 'name') ? t('ui.required') : fieldOf(error) === 'name' && error instanceof ApiError ? `${error.message} ${error.remedy}` : null;

  const changeGrain = (grain: Grain) =>
    void fetchFields(grain).then((next) => {
      const known = new Set(next.map((field) => field.key));
      const suggested = suggest(table.header, aliasesOf(grain, next, profiles));
      setDraft(withGrain(draft, grain, (field) => known.has(field) || (field.startsWith('attribute:') && (grain === 'profile' || grain === 'item')), suggested));
    });
  const submit = () => {
    setTried(true);
    if (problems.length > 0 || shopMissing) return;
    const mapping = toJson(draft);
    const to = wantsShop ? shop : null;
    if (!save) return onRead({ mapping, shop: to });
    const id = from && from.name === mapping.name ? from.id : null;
    saving.mutate({ id, name: mapping.name, mapping }, {
      onSuccess: (saved) => {
        setFrom(saved);
        onRead({ mapping_id: saved.id!, shop: to });
      },
    });
  };
  const load = (saved: Saved) =>
    void fetchFields(saved.mapping.grain).then(() => {
      setDraft(fromJson({ ...saved.mapping, name: saved.name }));
      setFrom(saved);
    });
  const sayProblem = (problem: Problem): string => {
    switch (problem.kind) {
      case 'needed':
        return t('intake.map.needs', { fields: problem.fields.slice(0, 4).map(labelOf).join(t('intake.or')) });
      case 'madeFrom':
        return t('intake.map.madeFromMissing', { field: labelOf(problem.field) });
      case 'stray':
        return t('intake.map.strayColumn', { column: problem.header });
      case 'constant':
        return t('intake.map.constantEmpty', { field: labelOf(problem.field) });
      case 'name':
        return t('intake.map.nameMissing');
      case 'columns':
        return t('intake.map.noColumns');
    }
  };
  const shown = [...problems.map(sayProblem), ...(shopMissing ? [t('intake.shop.missing')] : [])];
  const saved = mappings.filter((one) => one.id !== null || one.isExample);
  return (
    <>
      <Section
        title={t('intake.map.title')}
        sentence={t('intake.map.lead')}
        extra={saved.length > 0 && (
          <Select
            aria-label={t('intake.map.load')}
            placeholder={t('intake.map.load')}
            value={null}
            popupMatchSelectWidth={false}
            onChange={(name: string | null) => {
              const chosen = saved.find((one) => one.name === name);
              if (chosen) load(chosen);
            }}
            options={saved.map((one) => ({ value: one.name, label: one.isExample ? t('intake.map.example', { name: one.name }) : one.name }))}
          />
        )}
      >
        <div className="ht-in-fields">
          <label className="ht-in-field">
            <span>{t('intake.map.name')}</span>
            <Input value={draft.name} maxLength={80} status={nameFault ? 'error' : undefined} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
            {nameFault && <span className="ht-in-fault" role="alert">{nameFault}</span>}
          </label>
          <label className="ht-in-field">
            <span>{t('intake.map.grain')}</span>
            <Select<Grain> value={draft.grain} onChange={changeGrain} options={GRAINS.map((one) => ({ value: one, label: t(`intake.grain.${one}`) }))} popupMatchSelectWidth={false} />
          </label>
          <label className="ht-in-field">
            <span>{t('intake.map.platform')}</span>
            <Select value={draft.platform} onChange={(platform) => setDraft({ ...draft, platform })} options={PLATFORMS.map((one) => ({ value: one, label: t(`ui.platform.${one}`) }))} />
          </label>
          {wantsShop && (
            <label className="ht-in-field">
              <span>{t('intake.shop.title')}</span>
              <ShopPicker value={shop} onChange={setShop} platform={draft.platform} named={namedShop(batch.tables)} invalid={tried && shopMissing} />
              {tried && shopMissing && <span className="ht-in-fault" role="alert">{t('intake.shop.missing')}</span>}
            </label>
          )}
        </div>
      </Section>

      <Section title={t('intake.map.columns')} sentence={t('intake.map.columnsLead')}>
        <Needed draft={draft} labelOf={labelOf} tried={tried} />
        <ColumnsTable draft={draft} onChange={setDraft} header={view.header} rows={view.rows} fields={fields} labelOf={labelOf} faults={fromServer} />
      </Section>

      <WordMaps draft={draft} onChange={setDraft} header={view.header} rows={view.rows} labelOf={labelOf} faults={fromServer} />
      <ReadingOptions draft={draft} onChange={setDraft} header={table.header} labelOf={labelOf} tried={tried} />

      {fromServer.length === 0 && fieldOf(error) !== 'name' && <ErrorNote error={error} />}
      {fromServer.length > 0 && (
        <Alert className="ht-error" type="error" showIcon role="alert" title={t('intake.map.refused')} description={<ul className="ht-in-problems">{fromServer.map((one, index) => <li key={index}>{one.text}</li>)}</ul>} />
      )}
      <ActionBar
        sentence={<Checkbox checked={save} onChange={(event) => setSave(event.target.checked)}>{from && !from.isExample && from.name === draft.name.trim() ? t('intake.map.saveOver', { name: from.name }) : t('intake.map.save')}</Checkbox>}
        problem={tried && shown.length > 0 ? <>{shown[0]}{shown.length > 1 && ` ${t('intake.map.moreProblems', { count: shown.length - 1 })}`}</> : undefined}
      >
        <Button type="primary" loading={busy || saving.isPending} onClick={submit}>{t('intake.detect.read')}</Button>
      </ActionBar>
    </>
  );
}
