import { useTranslation } from 'react-i18next';
import { WORDS, type GENDERS, type RATINGS, type REFUND_STATES, type TRADE_STATUSES, type VISIT_KINDS, type WordKind } from './fields';

/** Canonical words in the reader's language; a word that is none of ours stands as it is. */
export function useWords(): (kind: WordKind, word: string) => string {
  const { t } = useTranslation();
  return (kind, word) => {
    if (!WORDS[kind].includes(word)) return word;
    switch (kind) {
      case 'status':
        return t(`intake.word.status.${word as (typeof TRADE_STATUSES)[number]}`);
      case 'refund':
        return t(`intake.word.refund.${word as (typeof REFUND_STATES)[number]}`);
      case 'rating':
        return t(`intake.word.rating.${word as (typeof RATINGS)[number]}`);
      case 'visit':
        return t(`intake.word.visit.${word as (typeof VISIT_KINDS)[number]}`);
      case 'gender':
        return t(`intake.word.gender.${word as (typeof GENDERS)[number]}`);
    }
  };
}
