import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchAuthority } from '../../api/authority';
import { OfficeShell } from '../office/OfficeShell';
import classes from './AuthorityPage.module.css';

const systems = ['windows', 'firefox', 'android', 'linux'] as const;

/** How a room comes to trust this bridge, where it has a certificate authority of its own (SEC-07). */
export function AuthorityPage() {
  const { t, i18n } = useTranslation();
  const { data, isPending } = useQuery({ queryKey: ['authority'], queryFn: fetchAuthority });
  const day = (time: string) => new Date(time).toLocaleDateString(i18n.language === 'vi' ? 'vi-VN' : 'en-GB');
  return (
    <OfficeShell>
      <section className={classes.sheet}>
        <h1 className={classes.title}>{t('authority.title')}</h1>
        {!isPending && !data && <p className={classes.text}>{t('authority.none')}</p>}
        {data && (
          <>
            <p className={classes.text}>{t('authority.why')}</p>
            <div className={classes.fetch}>
              <Button component="a" href={data.file} download="diemcau-ca.crt" size="lg">
                {t('authority.fetch')}
              </Button>
              <div className={classes.print}>
                <div className={classes.label}>{t('authority.print', { ends: day(data.ends) })}</div>
                <div className={classes.digits} data-testid="fingerprint">
                  {data.fingerprint}
                </div>
              </div>
            </div>
            <p className={classes.text}>{t('authority.compare')}</p>
            {systems.map((system) => (
              <div key={system}>
                <h2 className={classes.system}>{t(`authority.${system}.name`)}</h2>
                <ol className={classes.steps}>
                  {t(`authority.${system}.steps`, { returnObjects: true }).map((step) => (
                    <li key={step}>{step}</li>
                  ))}
                </ol>
              </div>
            ))}
          </>
        )}
      </section>
    </OfficeShell>
  );
}
