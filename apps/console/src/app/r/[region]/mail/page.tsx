import { MailPage } from '@/mail/mail-page.tsx';

export default function Page() {
  return <MailPage />;
}
