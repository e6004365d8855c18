import { NotFoundMessage } from '@/shell/page-message.tsx';

/** An unknown address of a region: said inside the shell. */
export default function Page() {
  return <NotFoundMessage />;
}
