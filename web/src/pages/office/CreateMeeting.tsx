import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { createMeeting } from '../../api/meetings';
import { Problem } from '../../api/problem';

export const meetingTypes = ['tham-muu', 'chuyen-mon', 'giao-ban', 'so-ket', 'tong-ket', 'tap-huan', 'dot-xuat'] as const;

/** A new meeting by its type, which presets agenda, mode and retention (SCH-08). */
export function CreateMeeting() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: createMeeting,
    onSuccess: async (view) => navigate({ to: '/lich/$meeting', params: { meeting: view.id } }),
    onError: (error) => {
      const code = error instanceof Problem ? error.code : 'unknown';
      notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, color: 'red', title: t('board.refused'), message: t(`problem.${code}`, { seconds: 30 }) });
    },
  });
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button loading={create.isPending}>{t('calendar.create')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {meetingTypes.map((type) => (
          <Menu.Item key={type} onClick={() => create.mutate({ type, secrecy: 'khong' })}>
            {t(`type.${type}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
