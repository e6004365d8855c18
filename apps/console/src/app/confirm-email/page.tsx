import { AuthFrame } from '@/auth/auth-frame.tsx';
import { ConfirmEmailForm } from '@/auth/confirm-email-form.tsx';

export default function ConfirmEmailPage() {
  return (
    <AuthFrame>
      <ConfirmEmailForm />
    </AuthFrame>
  );
}
