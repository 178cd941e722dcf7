import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Section } from '../ui/Page';
import { useLocale } from '../ui/session';
import { useFields } from './api';
import { useWords } from './words';
import { bySet, fieldKeys, grainOf, sampleCell, type SampleSet } from './sample';
import { SampleTable } from './SampleTable';

/** The first records as they will stand in the warehouse; personal values masked. */
export function Sample({ sample, labels }: { sample: Record<string, unknown>[]; labels: Map<string, string> }) {
  const { t } = useTranslation();
  const sets = bySet(sample);
  if (sets.length === 0) return null;
  return (
    <Section title={t('intake.preview.sample')} sentence={t('intake.preview.sampleLead')}>
      {sets.length === 1 ? <OneSet sample={sets[0]!} /> : <Tabs items={sets.map((set) => ({ key: set.set, label: labels.get(set.set) ?? set.set, children: <OneSet sample={set} /> }))} />}
    </Section>
  );
}

function OneSet({ sample: { set, keys, rows } }: { sample: SampleSet }) {
  const { t } = useTranslation();
  const { zone, currency } = useLocale();
  const word = useWords();
  const fields = useFields(grainOf(set));
  const names = new Map(fields.data?.map((field) => [field.key, field.label]));
  const nameOf = (key: string) => fieldKeys(set, key).map((one) => names.get(one)).find(Boolean) ?? key;
  const reading = { zone, currency, yes: t('ui.yes'), no: t('ui.no'), word };
  const numbers = rows.map((row) => (typeof row.row_no === 'number' ? row.row_no : null));
  return (
    <SampleTable
      header={keys.map(nameOf)}
      rows={rows.map((row) => keys.map((key) => sampleCell(set, key, row[key], reading)))}
      numbers={numbers.some((one) => one !== null) ? numbers : undefined}
      label={t('intake.preview.sample')}
    />
  );
}
