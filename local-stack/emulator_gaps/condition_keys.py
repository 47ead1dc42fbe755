"""Condition keys whose value differs from AWS's (IAM User Guide, "AWS global condition context keys")."""
from ministack.core import iam_evaluator
from ministack.services import iam


def close() -> None:
    resolve = iam_evaluator._resolve_condition_key

    def _resolve_condition_key(key, ctx):
        if key.lower() == "aws:securetransport":
            # AWS is reached by TLS, the emulator over loopback without: both keep others from listening.
            return "true"
        if key.lower() == "aws:principalarn":
            return _role_of_session(ctx.principal_arn)
        return resolve(key, ctx)

    iam_evaluator._resolve_condition_key = _resolve_condition_key


def _role_of_session(arn: str) -> str:
    """Of a session: the ARN of its role, with the role's path. MiniStack gives the session's own."""
    if not arn or ":assumed-role/" not in arn:
        return arn
    role = iam._roles.get(arn.split("/")[1])
    return role["Arn"] if role else arn
