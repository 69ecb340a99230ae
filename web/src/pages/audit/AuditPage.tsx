import { Button, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchAccounts } from '../../api/accounts';
import { auditGroups, checkAudit, exportAddress, fetchAudit, type AuditSearch } from '../../api/audit';
import { Problem } from '../../api/problem';
import { Notice } from '../../app/Notice';
import { DayInput } from '../../parts/DayInput';
import { useSession } from '../office/use-session';
import { WatchShell } from '../status/WatchShell';
import classes from './AuditPage.module.css';
import { AuditTable } from './AuditTable';

const nothing: AuditSearch = { from: '', to: '', group: '', text: '' };

/** The audit log for administrators: searched, taken along, and its chain checked. Each of these is itself a line of it (SEC-06). */
export function AuditPage() {
  const { t } = useTranslation();
  const session = useSession();
  const admin = session.data?.rights.includes('quan-tri') ?? false;
  const [asked, setAsked] = useState(nothing);
  const [search, setSearch] = useState(nothing);
  // Asked by a button, not by each letter: every question stands in the log.
  const pages = useInfiniteQuery({
    queryKey: ['audit', search],
    queryFn: async ({ pageParam }) => fetchAudit(search, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
    enabled: admin,
    retry: false,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: fetchAccounts, enabled: admin, staleTime: 60_000 });
  const check = useMutation({ mutationFn: checkAudit });
  if (session.isPending) return <Notice title={t('app.loading')} />;
  if (!admin) return <Navigate to="/trang-chu" replace />;
  const error = pages.error ?? check.error;
  const report = check.data;
  return (
    <WatchShell>
      <form
        className={classes.filters}
        onSubmit={(event) => {
          event.preventDefault();
          if (asked === search) void pages.refetch();
          else setSearch(asked);
        }}
      >
        <DayInput label={t('audit.from')} value={asked.from} onDay={(from) => setAsked({ ...asked, from })} />
        <DayInput label={t('audit.to')} value={asked.to} onDay={(to) => setAsked({ ...asked, to })} />
        <Select
          size="sm"
          label={t('audit.group')}
          data={auditGroups.map((group) => ({ value: group, label: t(`audit.groups.${group}`) }))}
          placeholder={t('audit.all')}
          clearable
          value={asked.group === '' ? null : asked.group}
          onChange={(group) => setAsked({ ...asked, group: group ?? '' })}
        />
        <TextInput size="sm" label={t('audit.text')} maxLength={100} value={asked.text} onChange={(event) => setAsked({ ...asked, text: event.currentTarget.value })} />
        <Button type="submit" loading={pages.isFetching}>
          {t('audit.search')}
        </Button>
      </form>
      <div className={classes.bar}>
        <Button variant="default" component="a" href={exportAddress(search)} download>
          {t('audit.export')}
        </Button>
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {t('audit.check')}
        </Button>
        {report && (
          <p className={classes.state} data-good={report.problems.length === 0} role="status" data-testid="chain">
            {report.problems.length === 0
              ? t('audit.whole', { lines: report.lines, heads: report.heads })
              : t('audit.broken', { seq: report.problems[0]?.seq ?? 0, count: report.problems.length })}
          </p>
        )}
        {error && (
          <p role="alert" className={classes.state} data-good={false}>
            {t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: 30 })}
          </p>
        )}
      </div>
      <AuditTable lines={(pages.data?.pages ?? []).flatMap((page) => page.items)} names={new Map((accounts.data ?? []).map((each) => [each.person, each.name]))} />
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('audit.older')}
        </Button>
      )}
      <p className={classes.note}>{t('audit.note')}</p>
    </WatchShell>
  );
}
