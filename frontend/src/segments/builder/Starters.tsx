import { useTranslation } from 'react-i18next';
import * as tree from '../tree';
import { useBuilder } from './context';

/** Templates to start from, while the rule is still empty. */
export function Starters() {
  const { t } = useTranslation();
  const { catalogue, rule } = useBuilder();
  if (catalogue.templates.length === 0) return null;
  return (
    <section className="ht-sg-starters">
      <h3>{t('segments.builder.starters')}</h3>
      <ul>
        {catalogue.templates.map((template) => (
          <li key={template.code}>
            <button type="button" onClick={() => rule.edit(() => tree.fromDocument(template.rule))}>
              <strong>{template.label}</strong>
              <span>{template.help}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
