import { useTranslation } from 'react-i18next';
import { languages, setLanguage } from '../i18n';
import classes from './LanguageSwitch.module.css';

export function LanguageSwitch({ dark = false }: { readonly dark?: boolean }) {
  const { t, i18n } = useTranslation();
  const names = { vi: t('app.vietnamese'), en: t('app.english') };
  return (
    <div className={classes.group} role="group" aria-label={t('app.language')} data-dark={dark || undefined}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          className={classes.choice}
          aria-pressed={i18n.language === language}
          aria-label={names[language]}
          title={names[language]}
          onClick={() => void setLanguage(language)}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
