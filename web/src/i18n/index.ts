import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { enOne } from './en-one';
import { vi, type Texts } from './vi';

export const languages = ['vi', 'en'] as const;
export type Language = (typeof languages)[number];

const key = 'diemcau.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Texts };
  }
}

function storedLanguage(): Language {
  try {
    return languages.find((language) => language === localStorage.getItem(key)) ?? 'vi';
  } catch {
    return 'vi';
  }
}

export async function startTexts(): Promise<void> {
  const language = storedLanguage();
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    resources: { vi: { translation: vi }, en: { translation: en } },
    lng: language,
    fallbackLng: 'vi',
    // React escapes what it draws.
    interpolation: { escapeValue: false },
  });
  i18next.addResources('en', 'translation', enOne);
}

export async function setLanguage(language: Language): Promise<void> {
  document.documentElement.lang = language;
  try {
    localStorage.setItem(key, language);
  } catch {
    // storage may be forbidden; the choice then lasts as long as the page
  }
  await i18next.changeLanguage(language);
}
