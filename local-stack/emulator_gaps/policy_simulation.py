"""What IAM tells of policies (IAM API reference, SimulatePrincipalPolicy and GetAccountAuthorizationDetails): the simulator
knows groups, names with a path and the permissions boundary; the details name each boundary. MiniStack leaves them out."""
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


def close() -> None:
    details = iam._get_account_authorization_details
    iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = _simulate
    iam._IAM_HANDLERS["GetAccountAuthorizationDetails"] = lambda p: _with_boundaries(*details(p))


def _simulate(p):
    source = iam._p(p, "PolicySourceArn")
    kind, _, path = source.split(":", 5)[-1].partition("/")
    policies, limits = _policies(kind, path.split("/")[-1])
    actions, resource = iam._extract_simulate_params(p)
    decisions = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
    results = ""
    for action in actions:
        context = iam_evaluator.EvalContext(
            principal_arn=source, principal_type="User", principal_account=get_account_id(), action=action,
            resource_arn=resource, region=get_region())
        decision = decisions[iam_evaluator.evaluate(context, policies, *limits).decision]
        results += (f"<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>"
                    f"<EvalDecision>{decision}</EvalDecision></member>")
    return iam._xml(200, "SimulatePrincipalPolicyResponse",
                    f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults>"
                    "<IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>", ns="iam")


def _policies(kind: str, name: str):
    """Policies of a principal, and what limits them."""
    account = get_account_id()
    if kind == "user":
        return (iam_evaluator._gather_user_policies(name, account),
                iam_evaluator._permissions_boundary(iam._users, name, account))
    if kind == "role":
        return (iam_evaluator._gather_role_policies(name, account),
                iam_evaluator._permissions_boundary(iam._roles, name, account))
    documents = list((iam._group_inline_policies.get(name) or {}).values())
    attached = (iam._groups.get(name) or {}).get("AttachedPolicies", [])
    documents += [iam_evaluator._resolve_managed_policy_document(arn, account) for arn in attached]
    return [iam_evaluator.parse_policy_document(it) for it in documents if it], []


def _with_boundaries(status, headers, body):
    for store, kind in ((iam._users, "User"), (iam._roles, "Role")):
        for entity in store.values():
            boundary = entity.get("PermissionsBoundary")
            if not boundary:
                continue
            said = (f"<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>"
                    f"<PermissionsBoundaryArn>{boundary}</PermissionsBoundaryArn></PermissionsBoundary>").encode()
            begin = body.index(f"<Arn>{entity['Arn']}</Arn>".encode())
            at = body.index(f"<{kind}PolicyList>".encode(), begin)
            body = body[:at] + said + body[at:]
    return status, headers, body
