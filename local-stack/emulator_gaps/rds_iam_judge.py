"""RDS asks AWS about each IAM login. MiniStack has that judge (core/rds_iam.py: signature, age, host, port, user; then
rds-db:connect by its own IAM), but answers only its own MySQL containers. This door lets the local stack's servers ask it,
on loopback and with a capability that only the process which started the emulator knows."""
import hmac
import json
import os

from ministack.core import rds_iam
from ministack.core.iam_evaluator import AuthError, EvalContext, evaluate, resolve_principal
from ministack.core.responses import request_scope

PATH = "/_local/rds-iam"
ACCOUNT = "000000000000"


def door(app, capability):
    """The app with one more path. What is asked: {instance, username, token}; what is answered: {allowed, why}."""

    async def asgi(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != PATH:
            return await app(scope, receive, send)
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        given = dict(scope["headers"]).get(b"x-capability", b"")
        known = hmac.compare_digest(given, capability.encode())
        answer = json.dumps(_judge(**json.loads(body)) if known else {"allowed": False, "why": "NotForYou"})
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.encode()})

    return asgi


def _judge(instance, username, token):
    from ministack.services import rds

    region = os.environ["MINISTACK_REGION"]
    target = rds._instances.get_scoped(ACCOUNT, region, instance)
    if not target or target.get("IAMDatabaseAuthenticationEnabled") is not True:
        return {"allowed": False, "why": "IAMDatabaseAuthenticationDisabled"}
    verified = rds_iam.verify_rds_iam_token(
        token, hostname=target["Endpoint"]["Address"], port=target["Endpoint"]["Port"], db_user=username,
        region=region, account_id=ACCOUNT)
    if isinstance(verified, rds_iam.RdsIamTokenError):
        return {"allowed": False, "why": verified.code}
    with request_scope(ACCOUNT, region):
        principal = resolve_principal(verified.access_key_id, ACCOUNT)
        if isinstance(principal, AuthError):
            return {"allowed": False, "why": "InvalidCredentials"}
        if principal.policies is None:
            return {"allowed": True, "why": "root"}
        result = evaluate(EvalContext(
            principal_arn=principal.arn, principal_type=principal.type, principal_account=ACCOUNT,
            action="rds-db:connect", region=region, principal_keys=principal.keys,
            resource_arn=f"arn:aws:rds-db:{region}:{ACCOUNT}:dbuser:{target['DbiResourceId']}/{username}",
        ), principal.policies, *principal.limits)
    return {"allowed": result.decision == "Allow", "why": result.decision}
