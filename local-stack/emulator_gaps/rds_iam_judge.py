"""RDS asks AWS about each IAM login. MiniStack has that judge (core/rds_iam.py: signature, age, host, port, user; then
rds-db:connect by its own IAM), but answers only its own MySQL containers. This door lets the local stack's servers ask it,
on loopback and with a capability that only the process which started the emulator knows."""
import hmac
import json
import os

from ministack.core import iam_evaluator, rds_iam
from ministack.core.iam_evaluator import AuthError, EvalContext, evaluate, resolve_principal
from ministack.core.responses import request_scope

PATH = "/_local/rds-iam"
ACCOUNT = "000000000000"


def door(app, capability):
    """The app with one more path. What is asked: {instance or proxy, username, token}; what is answered: {allowed, why}."""

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


def _judge(username, token, instance=None, proxy=None):
    from ministack.services import rds

    if proxy is not None:
        return _judge_at_proxy(rds._db_proxies.get_scoped(ACCOUNT, _region(), proxy), username, token)
    target = rds._instances.get_scoped(ACCOUNT, _region(), instance)
    if not _takes_tokens(target):
        return {"allowed": False, "why": "IAMDatabaseAuthenticationDisabled"}
    return _judge_token(token, target["Endpoint"]["Address"], target["Endpoint"]["Port"], target["DbiResourceId"], username)


def _judge_at_proxy(proxy, username, token):
    """End to end: the token is for the proxy, and the proxy's own role logs in to its one target as the same user."""
    from ministack.services import rds

    if not proxy or proxy.get("DefaultAuthScheme") != "IAM_AUTH":
        return {"allowed": False, "why": "DefaultAuthScheme"}
    port = {"POSTGRESQL": 5432, "MYSQL": 3306}[proxy["EngineFamily"]]
    judged = _judge_token(token, proxy["Endpoint"], port, proxy["DBProxyArn"].split(":")[-1], username)
    if not judged["allowed"]:
        return judged
    names = [it["RdsResourceId"] for it in proxy["Targets"]]
    target = rds._instances.get_scoped(ACCOUNT, _region(), names[0]) if names else None
    if not _takes_tokens(target):
        return {"allowed": False, "why": "IAMDatabaseAuthenticationDisabled"}
    role = proxy["RoleArn"]
    with request_scope(ACCOUNT, _region()):
        policies = iam_evaluator._gather_role_policies(role.rsplit("/", 1)[-1], ACCOUNT)
        return _allowed(role, "AssumedRole", {}, target["DbiResourceId"], username, policies)


def _region():
    return os.environ["MINISTACK_REGION"]


def _takes_tokens(target):
    return target is not None and target.get("IAMDatabaseAuthenticationEnabled") is True


def _judge_token(token, hostname, port, resource_id, username):
    verified = rds_iam.verify_rds_iam_token(
        token, hostname=hostname, port=port, db_user=username, region=_region(), account_id=ACCOUNT)
    if isinstance(verified, rds_iam.RdsIamTokenError):
        return {"allowed": False, "why": verified.code}
    with request_scope(ACCOUNT, _region()):
        principal = resolve_principal(verified.access_key_id, ACCOUNT)
        if isinstance(principal, AuthError):
            return {"allowed": False, "why": "InvalidCredentials"}
        if principal.policies is None:
            return {"allowed": True, "why": "root"}
        return _allowed(principal.arn, principal.type, principal.keys, resource_id, username,
                        principal.policies, *principal.limits)


def _allowed(arn, kind, keys, resource_id, username, policies, *limits):
    result = evaluate(EvalContext(
        principal_arn=arn, principal_type=kind, principal_account=ACCOUNT,
        action="rds-db:connect", region=_region(), principal_keys=keys,
        resource_arn=f"arn:aws:rds-db:{_region()}:{ACCOUNT}:dbuser:{resource_id}/{username}",
    ), policies, *limits)
    return {"allowed": result.decision == "Allow", "why": result.decision}
