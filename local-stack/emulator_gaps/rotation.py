"""Rotation as Secrets Manager does it. MiniStack's RotateSecret copies the current value and promotes the copy; here the
secret's function is called for the four steps, on demand and by the schedule, and versions keep to AWS's rules.
Sources: Secrets Manager API reference (RotateSecret, GetSecretValue, PutSecretValue), User Guide "Rotation by Lambda
function" and "Rotation schedules"."""
import json
import threading
import time
from datetime import datetime, timezone

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, new_uuid, request_scope
from ministack.services import eventbridge, lambda_svc
from ministack.services import secretsmanager as sm

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ATTEMPTS = 3
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

_rotating: set[str] = set()
_lock = threading.Lock()


def close() -> None:
    _keep_versions()
    sm._rotate_secret = _rotate_secret
    _show_dates()
    threading.Thread(target=_rotate_on_schedule, daemon=True).start()


def _not_found(what: str):
    return error_response_json("ResourceNotFoundException", f"Secrets Manager can't find the specified {what}.", 400)


def _keep_versions() -> None:
    """A version is written once, has both the id and the label that are asked for, and a value, or is not found."""
    get, put = sm._get_secret_value, sm._put_secret_value

    def _get_secret_value(data):
        _, secret = sm._resolve(data.get("SecretId"))
        version = (secret or {}).get("Versions", {}).get(data.get("VersionId"))
        if version is not None:
            stage = data.get("VersionStage")
            if stage and stage not in version["Stages"]:
                return _not_found(f"secret value for staging label: {stage}")
            if version.get("SecretString") is None and version.get("SecretBinary") is None:
                return _not_found("secret value")
        return get(data)

    def _put_secret_value(data):
        _, secret = sm._resolve(data.get("SecretId"))
        token = data.get("ClientRequestToken")
        version = (secret or {}).get("Versions", {}).get(token)
        if version is not None and version.get("SecretString") is not None:
            if version["SecretString"] != data.get("SecretString"):
                return error_response_json(
                    "ResourceExistsException",
                    f"You can't use ClientRequestToken {token} because that value is already in use for a version of "
                    "this secret.", 400)
            return json_response({
                "ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token,
                "VersionStages": list(version["Stages"])})
        return put(data)

    sm._get_secret_value = _get_secret_value
    sm._put_secret_value = _put_secret_value


def _rotate_secret(data):
    _, secret = sm._resolve(data.get("SecretId"))
    if not secret:
        return _not_found("secret")
    lambda_arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not lambda_arn:
        return error_response_json(
            "InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.", 400)
    if not _may_be_invoked(lambda_arn):
        return error_response_json(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com.", 400)
    secret.update(RotationLambdaARN=lambda_arn, RotationEnabled=True)
    if data.get("RotationRules"):
        secret["RotationRules"] = data["RotationRules"]
        secret["_RotationDue"] = _next_run(secret, time.time())
    token = data.get("ClientRequestToken") or new_uuid()
    answer = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token}
    if data.get("RotateImmediately", True):
        refusal = _begin(secret, token)
        if refusal:
            return error_response_json("InvalidRequestException", refusal, 400)
    return json_response(answer)


def _may_be_invoked(lambda_arn: str) -> bool:
    """Of an alias, the policy stands with its function and names the alias."""
    function, _, _ = lambda_svc._get_base_func_record_for_ref(lambda_arn)
    return any(
        it.get("Principal") == {"Service": "secretsmanager.amazonaws.com"} and it.get("Resource") == lambda_arn
        for it in (function or {}).get("policy", {}).get("Statement", []))


def _begin(secret, token: str) -> str | None:
    """A version without a value, labelled as pending; then the steps, after the answer."""
    with _lock:
        _, current = sm._find_stage_version(secret, "AWSCURRENT")
        pending_id, pending = sm._find_stage_version(secret, "AWSPENDING")
        if secret["ARN"] in _rotating or (pending is not None and pending is not current and pending_id != token):
            return "A previous rotation isn't complete. That rotation will be reattempted."
        if pending_id != token:
            sm._remove_stage_everywhere(secret, "AWSPENDING")
            secret["Versions"][token] = {
                "SecretString": None, "SecretBinary": None, "CreatedDate": int(time.time()), "Stages": ["AWSPENDING"]}
        _rotating.add(secret["ARN"])
    scope = (get_account_id(), get_region())
    threading.Thread(target=_run, args=(scope, secret, token), daemon=True).start()
    return None


def _run(scope, secret, token: str) -> None:
    """A step that fails is tried again, with all before it; then the pending version stays for somebody to look at."""
    try:
        with request_scope(*scope):
            for attempt in range(ATTEMPTS):
                if all(_step(secret, token, step) for step in STEPS):
                    secret["LastRotatedDate"] = int(time.time())
                    secret["_RotationDue"] = _next_run(secret, time.time())
                    return
                time.sleep(0.2 * (attempt + 1))
    finally:
        _rotating.discard(secret["ARN"])


def _step(secret, token: str, step: str) -> bool:
    function, config, _ = lambda_svc._get_func_record_for_ref(secret["RotationLambdaARN"])
    if function is None:
        return False
    record = lambda_svc._execution_record_for_config(function, config)
    event = {"SecretId": secret["ARN"], "ClientRequestToken": token, "Step": step}
    result = lambda_svc._execute_function_with_config_scope(record, event)
    return not result.get("error")


def _show_dates() -> None:
    describe = sm._describe_secret

    def _describe_secret(data):
        status, headers, body = describe(data)
        _, secret = sm._resolve(data.get("SecretId"))
        if status != 200 or not secret:
            return status, headers, body
        dates = {"LastRotatedDate": secret.get("LastRotatedDate"), "NextRotationDate": secret.get("_RotationDue")}
        return json_response({**json.loads(body), **{name: date for name, date in dates.items() if date}})

    sm._describe_secret = _describe_secret


def _next_run(secret, now: float) -> int | None:
    """AWS's rates are hours and days. Seconds and minutes are for tests, which cannot wait."""
    rules = secret.get("RotationRules") or {}
    expression = rules.get("ScheduleExpression") or ""
    if rules.get("AutomaticallyAfterDays"):
        expression = f"rate({rules['AutomaticallyAfterDays']} days)"
    if expression.startswith("rate("):
        number, unit = expression[5:-1].split()
        return int(now + int(number) * UNITS[unit.removesuffix("s")])
    if expression.startswith("cron("):
        fields = eventbridge._parse_cron_fields(expression)
        fire = fields and eventbridge._cron_next_fire(fields, datetime.fromtimestamp(now, timezone.utc))
        return int(fire.timestamp()) if fire else None
    return None


def _rotate_on_schedule() -> None:
    while True:
        time.sleep(0.5)
        for key, secret in list(sm._secrets._data.items()):
            due = secret.get("_RotationDue")
            if secret.get("RotationEnabled") and due and due <= time.time():
                secret["_RotationDue"] = _next_run(secret, time.time())
                account, region = key[0], key[1]
                with request_scope(account, region):
                    _begin(secret, new_uuid())
