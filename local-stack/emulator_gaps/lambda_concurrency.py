"""Reserved concurrency: MiniStack keeps to it once it is set, but its CloudFormation never sets it, and its Step
Functions lose the name of the error."""
from ministack.services import lambda_svc
from ministack.services import stepfunctions as sfn
from ministack.services.cloudformation import provisioners


def close() -> None:
    _set_from_template()
    _name_the_throttle()


def _set_from_template() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def _reserve(name: str, props: dict) -> None:
        reserved = props.get("ReservedConcurrentExecutions")
        function = lambda_svc._functions[name]
        function["concurrency"] = None if reserved is None else int(reserved)

    def _create(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        _reserve(name, props)
        return name, attributes

    def _update(physical_id, old_props, new_props, stack_name, logical_id=None):
        name, attributes = update(physical_id, old_props, new_props, stack_name, logical_id=logical_id)
        _reserve(name, new_props)
        return name, attributes

    handlers.update(create=_create, update=_update)


def _name_the_throttle() -> None:
    call_lambda = sfn._call_lambda

    def _call_lambda(func_ref, event):
        try:
            return call_lambda(func_ref, event)
        except sfn._ExecutionError as error:
            if '"__type": "TooManyRequestsException"' in error.cause:
                raise sfn._ExecutionError("Lambda.TooManyRequestsException", error.cause) from None
            raise

    sfn._call_lambda = _call_lambda
