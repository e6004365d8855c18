import { SessionGate } from '@/session/session-gate.tsx';
import { ConsoleShell } from '@/shell/console-shell.tsx';
import { PageContextProvider } from '@/shell/page-context.tsx';

export default async function RegionLayout({
  children,
  params,
}: {
  children: React.ReactNode;
  params: Promise<{ region: string }>;
}) {
  const { region } = await params;
  return (
    <SessionGate regionKey={decodeURIComponent(region)}>
      <PageContextProvider>
        <ConsoleShell>{children}</ConsoleShell>
      </PageContextProvider>
    </SessionGate>
  );
}
