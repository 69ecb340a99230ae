import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import { browserName, type MediaTrouble } from '../../device/media-error';
import classes from './DeviceHelp.module.css';

export type HelpDevice = 'camera' | 'mic' | 'screen';

interface DeviceHelpProps {
  readonly devices: readonly HelpDevice[];
  readonly trouble: MediaTrouble;
  readonly onRetry: () => void;
}

/** The steps that bring a device back, for this browser. */
export function useDeviceHelp(devices: readonly HelpDevice[], trouble: MediaTrouble) {
  const { t, i18n } = useTranslation();
  const names = new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(devices.map((d) => t(`device.${d}`)));
  const steps =
    trouble === 'denied'
      ? t(`device.denied.${browserName(navigator.userAgent)}`, { returnObjects: true })
      : t(`device.steps.${trouble}`, { returnObjects: true });
  return { title: t(`device.title.${trouble}`, { device: names }), steps: steps as readonly string[] };
}

export function DeviceHelp({ devices, trouble, onRetry }: DeviceHelpProps) {
  const { t } = useTranslation();
  const { title, steps } = useDeviceHelp(devices, trouble);
  return (
    <section className={classes.box} role="alert">
      <h2 className={classes.title}>
        <Icon name="warning" />
        {title}
      </h2>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div className={classes.foot}>
        <Button variant="outline" color="red" onClick={onRetry}>
          {t('app.retry')}
        </Button>
        <p className={classes.still}>{t('device.stillJoin')}</p>
      </div>
    </section>
  );
}
