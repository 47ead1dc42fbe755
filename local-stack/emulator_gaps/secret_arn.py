"""In CloudFormation, Ref of a secret is its ARN. MiniStack gives its name, so that every permission written with Ref
names a resource that never matches."""
from ministack.services.cloudformation import provisioners


def close() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def _create(logical_id, props, stack_name):
        _, attributes = create(logical_id, props, stack_name)
        return attributes["Arn"], attributes

    def _update(physical_id, old_props, new_props, stack_name, logical_id=None):
        _, attributes = update(_name_of(physical_id), old_props, new_props, stack_name, logical_id=logical_id)
        return attributes["Arn"], attributes

    def _delete(physical_id, props):
        return delete(_name_of(physical_id), props)

    handlers.update(create=_create, update=_update, delete=_delete)


def _name_of(physical_id: str) -> str:
    """MiniStack keeps secrets under their names; an ARN ends in the name and a random suffix."""
    return next(
        (name for name, secret in provisioners._sm._secrets.items() if secret["ARN"] == physical_id),
        physical_id,
    )
