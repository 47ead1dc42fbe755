"""CloudFormation leaves alone what a resource depends on that could not be deleted. MiniStack deletes it all the
same, so that a refused `cdk destroy` would take away everything that ends the live grants."""
from ministack.services.cloudformation import _stacks, handlers, stacks


def close() -> None:
    delete_stack, delete_resource = stacks._delete_stack_async, stacks._delete_resource
    kept: dict[str, set[str]] = {}

    async def _delete_stack_async(stack_name, *more, **named):
        kept[stack_name] = set()
        await delete_stack(stack_name, *more, **named)
        del kept[stack_name]

    def _delete_resource(kind, physical_id, properties, stack_name=None, logical_id=None, *more, **named):
        if logical_id in kept.get(stack_name, ()):
            raise ValueError("a resource that depends on it could not be deleted")
        try:
            delete_resource(kind, physical_id, properties, stack_name, logical_id, *more, **named)
        except Exception:
            if stack_name in kept:
                stack = _stacks[stack_name]
                resources = stack["_template"]["Resources"]
                kept[stack_name] |= stacks._with_dependencies([logical_id], resources, set(stack["_resources"]))
            raise

    stacks._delete_stack_async = handlers._delete_stack_async = _delete_stack_async
    stacks._delete_resource = _delete_resource
