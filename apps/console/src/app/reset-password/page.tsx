import { AuthFrame } from '@/auth/auth-frame.tsx';
import { ResetPasswordForm } from '@/auth/reset-password-form.tsx';

export default function ResetPasswordPage() {
  return (
    <AuthFrame>
      <ResetPasswordForm />
    </AuthFrame>
  );
}
