import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { setApiLanguage } from '../api/client';
import type { Language } from '../ui/format';
import { en } from './en';
import { zh } from './zh';

const REMEMBERED = 'ht.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh };
    returnNull: false;
  }
}

/** Before the login: what this browser used last, else what it prefers, else Chinese. */
function firstLanguage(): Language {
  try {
    const remembered = localStorage.getItem(REMEMBERED);
    if (remembered === 'zh' || remembered === 'en') return remembered;
  } catch {
    // Storage is forbidden: fall through to the browser's preference.
  }
  const preferred = navigator.languages.find((tag) => /^(zh|en)\b/.test(tag));
  return preferred?.startsWith('en') ? 'en' : 'zh';
}

/** Switch words, the page's language tag and the language of the server's messages. */
export function setLanguage(language: Language): void {
  setApiLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // It will be asked for again next time.
  }
  if (i18n.language !== language) void i18n.changeLanguage(language);
}

export function startI18n(): void {
  const language = firstLanguage();
  void i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  setLanguage(language);
}
