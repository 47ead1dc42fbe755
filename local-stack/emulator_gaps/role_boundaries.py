"""Roles with a path and a permissions boundary. MiniStack names the resource of a call on a role without the role's path,
has no condition key iam:PermissionsBoundary for such a call, and its CloudFormation leaves a role's boundary out."""
from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam
from ministack.services.cloudformation import provisioners


def close() -> None:
    _name_roles_with_their_path()
    _know_the_boundary()
    _give_roles_their_boundary()


def _role_at(arn: str):
    return iam._roles.get(arn.rsplit("/", 1)[-1]) if ":role/" in arn else None


def _name_roles_with_their_path() -> None:
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(service, *args, **kwargs):
        arn = extract(service, *args, **kwargs)
        role = _role_at(arn) if service == "iam" else None
        return role["Arn"] if role else arn

    iam_actions.extract_resource_arn = extract_resource_arn


def _know_the_boundary() -> None:
    resolve = iam_evaluator._resolve_condition_key

    def _resolve_condition_key(key, ctx):
        if key.lower() == "iam:permissionsboundary" and ctx.action.startswith("iam:"):
            return (_role_at(ctx.resource_arn) or {}).get("PermissionsBoundary") or None
        return resolve(key, ctx)

    iam_evaluator._resolve_condition_key = _resolve_condition_key


def _give_roles_their_boundary() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    create, update = handlers["create"], handlers["update"]

    def _create(logical_id, props, stack_name):
        physical_id, attributes = create(logical_id, props, stack_name)
        _set(physical_id, props)
        return physical_id, attributes

    def _update(physical_id, old_props, new_props, stack_name, logical_id=None):
        new_id, attributes = update(physical_id, old_props, new_props, stack_name, logical_id=logical_id)
        _set(new_id, new_props)
        return new_id, attributes

    handlers.update(create=_create, update=_update)


def _set(name: str, props) -> None:
    iam._roles[name]["PermissionsBoundary"] = props.get("PermissionsBoundary") or ""
