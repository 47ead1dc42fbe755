"""CloudTrail hands what it records of management calls to EventBridge, in records of a known form, and LookupEvents gives
them page by page. MiniStack records a call in a form of its own, without its caller, its outcome and its denials, and
hands it to nobody. Closed for the services that decide about access to databases.
Sources: CloudTrail User Guide "CloudTrail record contents"; EventBridge User Guide "Receiving read-only management events
from AWS services"; CloudTrail API reference LookupEvents."""
import base64
import contextvars
import json
import re
import time
from urllib.parse import parse_qs

from ministack.core import iam_actions
from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
from ministack.core.responses import get_account_id, new_uuid
from ministack.core.router import extract_access_key_id
from ministack.services import cloudtrail, eventbridge, iam

SERVICES = ("iam", "rds", "secretsmanager", "sts")
READS = re.compile(r"^(Get|List|Describe|BatchGet|Simulate|Validate|Generate|AssumeRole|DecodeAuth)")
# A parameter that holds one of these is left out of a record, or replaced by the words below.
SECRET = re.compile(r"(password|secretstring|secretbinary|credentials|sessiontoken|secretaccesskey)", re.IGNORECASE)
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

_request = contextvars.ContextVar("the call that is being judged", default=None)
_answer = contextvars.ContextVar("what the service answered", default=(200, b""))


def close() -> None:
    from ministack import app

    for service in SERVICES:
        app.SERVICE_HANDLERS[service] = _remembering(app.SERVICE_HANDLERS[service])
    _record_denials()
    app._maybe_record_cloudtrail = _record
    eventbridge._dispatch_event = _dispatch_event
    cloudtrail._lookup_events = _lookup_events


def _remembering(handler):
    async def handle(method, path, headers, body, query_params):
        answer = await handler(method, path, headers, body, query_params)
        _answer.set((answer[0], answer[2]))
        return answer

    return handle


def _record_denials() -> None:
    extract, deny = iam_actions.extract_iam_action, iam_actions.access_denied_response

    def extract_iam_action(service, method, path, headers, body, query_params):
        _request.set((headers, query_params))
        return extract(service, method, path, headers, body, query_params)

    def access_denied_response(service, action, *more, **named):
        answer = deny(service, action, *more, **named)
        if service in SERVICES and _request.get():
            headers, query_params = _request.get()
            # Of a call that was not let in, the parameters are not recorded.
            _tell(service, action.split(":")[-1], None, headers, query_params, "AccessDenied", {})
        return answer

    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.access_denied_response = access_denied_response


def _record(service, method, path, headers, body, query_params, request_id, region) -> None:
    if service not in SERVICES:
        return
    parameters = _parameters(headers, body, query_params)
    target = headers.get("x-amz-target", "")
    name = target.rsplit(".", 1)[-1] if target else parameters.pop("Action", "")
    parameters.pop("Action", None)
    parameters.pop("Version", None)
    status, answer = _answer.get()
    text = answer.decode("utf-8", errors="replace") if isinstance(answer, bytes) else str(answer)
    code = _error_code(text) if status >= 400 else None
    shown = {_lowered(key): _shown(key, value) for key, value in parameters.items() if "." not in key}
    _tell(service, name, shown, headers, query_params, code, _response(service, name, text))


def _parameters(headers, body, query_params) -> dict:
    if "json" in headers.get("content-type", ""):
        try:
            return json.loads(body or b"{}")
        except ValueError:
            return {}
    form = {**query_params, **parse_qs((body or b"").decode("utf-8", errors="replace"), keep_blank_values=True)}
    return {key: value[0] if isinstance(value, list) else value for key, value in form.items()}


def _lowered(key: str) -> str:
    return key[:1].lower() + key[1:]


def _shown(key: str, value):
    if SECRET.search(key):
        return HIDDEN
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _error_code(text: str) -> str:
    found = re.search(r"<Code>([\w.]+)</Code>", text) or re.search(r'"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"', text)
    return found.group(1) if found else "Failure"


def _response(service: str, name: str, text: str):
    """The few things of an answer that a record is searched for."""
    arn = re.search(r'"ARN"\s*:\s*"([^"]+)"', text)
    if service == "secretsmanager" and arn and not READS.match(name):
        return {"arn": arn.group(1)}
    arn = re.search(r"<Arn>([^<]+)</Arn>", text)
    if name == "CreatePolicy" and arn:
        return {"policy": {"arn": arn.group(1)}}
    return None


def _identity(headers, query_params) -> dict:
    key = extract_access_key_id(headers, query_params) or ""
    account = get_account_id()
    credential = resolve_credential(key, account)
    if isinstance(credential, CredentialResolutionError):
        return {"type": "Unknown", "accountId": account}
    base = {
        "principalId": credential.principal_id, "arn": credential.principal_arn, "accountId": account,
        "accessKeyId": key,
    }
    if credential.principal_type == "User":
        return {"type": "IAMUser", **base, "userName": credential.principal_name}
    if credential.principal_type != "AssumedRole":
        return {"type": "Root", **base}
    name = credential.principal_arn.split("/")[1]
    role = iam._roles.get(name) or {}
    issuer = {
        "type": "Role", "principalId": role.get("RoleId", ""), "arn": role.get("Arn", ""), "accountId": account,
        "userName": name,
    }
    return {"type": "AssumedRole", **base, "sessionContext": {"sessionIssuer": issuer}}


def _tell(service, name, parameters, headers, query_params, error_code, response) -> None:
    now = time.time()
    identity = _identity(headers, query_params)
    record = {
        "eventVersion": "1.09",
        "userIdentity": identity,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": eventbridge.get_region(),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": headers.get("user-agent", ""),
        **({"errorCode": error_code} if error_code else {}),
        "requestParameters": parameters,
        "responseElements": None if error_code else response,
        "requestID": new_uuid(),
        "eventID": new_uuid(),
        "readOnly": bool(READS.match(name)),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": get_account_id(),
        "eventCategory": "Management",
    }
    text = json.dumps(record)
    cloudtrail._get_event_queue().append({
        "EventId": record["eventID"], "EventName": name, "EventSource": record["eventSource"], "EventTime": now,
        "Username": identity.get("userName", ""), "AccessKeyId": identity.get("accessKeyId", ""),
        "ReadOnly": str(record["readOnly"]).lower(), "Resources": [], "CloudTrailEvent": text,
    })
    entry = {"Source": f"aws.{service}", "DetailType": "AWS API Call via CloudTrail", "Detail": text}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _dispatch_event(event, view=None) -> None:
    """As MiniStack's own, but for the state that also takes management events which only read."""
    view = view or eventbridge._pattern_event_view(event)
    path = set(event.get("_DispatchPath") or [])
    takers = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    if event.get("DetailType") == "AWS API Call via CloudTrail" and json.loads(event["Detail"]).get("readOnly") is True:
        takers = takers[1:]
    for key, rule in list(eventbridge._rules.items()):
        takes = rule.get("State") in takers and rule.get("EventPattern") and key not in path
        if not takes or rule.get("EventBusName", "default") != event.get("EventBusName", "default"):
            continue
        if eventbridge._matches_pattern_view(rule["EventPattern"], view, f"rule {key}"):
            for target in eventbridge._targets.get(key, []):
                eventbridge._invoke_target(target, event, rule, view)


def _lookup_events(body: dict):
    wanted = {it["AttributeKey"]: it["AttributeValue"] for it in body.get("LookupAttributes", [])}
    start, end = float(body.get("StartTime") or 0), float(body.get("EndTime") or time.time())
    found = [
        it for it in reversed(list(cloudtrail._get_event_queue()))
        if start <= it["EventTime"] <= end and all(str(it.get(key)) == value for key, value in wanted.items())
    ]
    first = int(base64.b64decode(body["NextToken"])) if body.get("NextToken") else 0
    size = min(int(body.get("MaxResults") or 50), 50)
    page = {"Events": found[first:first + size]}
    if first + size < len(found):
        page["NextToken"] = base64.b64encode(str(first + size).encode()).decode()
    return cloudtrail._ok(page)
