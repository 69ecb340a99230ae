import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchPointLink } from '../../api/meetings';
import { Problem } from '../../api/problem';
import classes from './PointLink.module.css';

interface PointLinkProps {
  readonly meeting: string;
  readonly point: string;
  readonly name: string;
}

/** A point's own invitation, to be passed on where mail does not reach: a link to copy and a code to photograph. */
export function PointLink({ meeting, point, name }: PointLinkProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="compact-sm" variant="subtle" aria-label={t('editor.linkOf', { name })} onClick={() => setOpened(true)}>
        {t('editor.link')}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} centered title={t('editor.linkOf', { name })} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
        <Link meeting={meeting} point={point} name={name} />
      </Modal>
    </>
  );
}

function Link({ meeting, point, name }: PointLinkProps) {
  const { t } = useTranslation();
  const link = useQuery({ queryKey: ['point-link', meeting, point], queryFn: async () => fetchPointLink(meeting, point), retry: false });
  if (link.isPending) return <p>{t('app.loading')}</p>;
  if (!link.data) return <p role="alert">{t(`problem.${link.error instanceof Problem ? link.error.code : 'unknown'}`, { seconds: 30 })}</p>;
  return (
    <div className={classes.link}>
      <img src={link.data.qr} alt={t('editor.qrOf', { name })} width={200} height={200} />
      <p className={classes.note}>{t('editor.linkText')}</p>
      <output className={classes.address}>{link.data.link}</output>
    </div>
  );
}
