'use client';
import { BarButton, iconProps, StateMark, type StateTone } from '@basalt/ui';
import type { Region } from '@basalt/contract';
import { Dropdown } from 'antd';
import { ChevronsUpDown } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';

export const regionTones: Record<Region['health'], StateTone> = { healthy: 'ok', degraded: 'warn', unreachable: 'err' };

/** Which region the whole console shows, with its health. */
export function RegionSwitcher() {
  const t = useTranslations('shell');
  const router = useRouter();
  const { region, regions } = useConsole();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [region.key],
        onClick: ({ key }) => router.push(paths.overview(key)),
        items: regions.map((item) => ({
          key: item.key,
          icon: <StateMark tone={regionTones[item.health]} />,
          label: item.name,
          extra: t(`regionHealth.${item.health}`),
        })),
      }}
    >
      <BarButton look="frame" aria-label={`${t('region')}: ${region.name}, ${t(`regionHealth.${region.health}`)}`}>
        <StateMark tone={regionTones[region.health]} />
        {region.name}
        <ChevronsUpDown {...iconProps(14)} />
      </BarButton>
    </Dropdown>
  );
}
