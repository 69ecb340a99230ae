import { useTranslation } from 'react-i18next';
import classes from './ItemLine.module.css';

/** The item that is on, in letters that a room reads from five metres. */
export function ItemLine({ item }: { readonly item: string }) {
  const { t } = useTranslation();
  return (
    <p className={classes.item} data-testid="item" title={item}>
      <span className="visually-hidden">{t('room.item')}: </span>
      {item}
    </p>
  );
}
