import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Section } from '../../ui/Page';
import { columnOf, distinct, type Draft } from '../draft';
import { WORDS, wordsOf } from '../fields';
import { useWords } from '../words';

interface WordMapsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  header: string[];
  rows: string[][];
  labelOf: (field: string) => string;
  faults: { column: string; text: string }[];
}

const MOST_WORDS = 30;

/** Words of the file beside ours: statuses, ratings, kinds. Usual words are understood without it. */
export function WordMaps({ draft, onChange, header, rows, labelOf, faults }: WordMapsProps) {
  const { t } = useTranslation();
  const word = useWords();
  const fields = [...new Set(draft.entries.map((item) => item.field))].flatMap((field) => {
    const kind = wordsOf(draft.grain, field);
    return kind ? [{ field, kind }] : [];
  });
  if (fields.length === 0) return null;
  const seen = (field: string) => {
    const columns = draft.entries.filter((item) => item.field === field).flatMap((item) => columnOf(item, header) ?? []);
    const words = new Set(columns.flatMap((column) => distinct(rows, column, MOST_WORDS)));
    for (const word of Object.keys(draft.valueMaps[field] ?? {})) words.add(word);
    return [...words];
  };
  const put = (field: string, word: string, ours: string) => onChange({ ...draft, valueMaps: { ...draft.valueMaps, [field]: { ...draft.valueMaps[field], [word]: ours } } });
  return (
    <Section title={t('intake.words.title')} sentence={t('intake.words.lead')}>
      <div className="ht-in-words">
        {fields.map(({ field, kind }) => {
          const words = seen(field);
          const fault = faults.find((one) => one.column === field)?.text;
          return (
            <fieldset key={field}>
              <legend>{labelOf(field)}</legend>
              {words.length === 0 && <p className="ht-muted">{t('intake.words.none')}</p>}
              {words.map((theirs) => (
                <label key={theirs} className="ht-in-word">
                  <span title={theirs}>{theirs}</span>
                  <span aria-hidden="true">→</span>
                  <Select
                    size="small"
                    value={draft.valueMaps[field]?.[theirs] ?? ''}
                    popupMatchSelectWidth={false}
                    aria-label={t('intake.words.of', { word: theirs })}
                    onChange={(ours) => put(field, theirs, ours)}
                    options={[{ value: '', label: t('intake.words.auto') }, ...WORDS[kind].map((one) => ({ value: one, label: word(kind, one) }))]}
                  />
                </label>
              ))}
              {fault && <p className="ht-in-fault" role="alert">{fault}</p>}
            </fieldset>
          );
        })}
      </div>
    </Section>
  );
}
