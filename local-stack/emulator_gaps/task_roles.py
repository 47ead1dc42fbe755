"""A task of a state machine acts with the state machine's role. MiniStack lets it do anything, so that a permission
missing from that role would first be missed in the cloud. Judged here: Lambda, DynamoDB, nested executions."""
import contextvars
import json

from ministack.core import iam_actions, iam_evaluator
from ministack.services import stepfunctions as sfn

_role = contextvars.ContextVar("role of the state machine whose task runs", default=None)


def close() -> None:
    execute_task = sfn._execute_task
    invoke_resource, invoke_with_callback = sfn._invoke_resource, sfn._invoke_with_callback

    def _execute_task(state_def, raw_input, execution, ctx):
        _role.set(sfn._state_machines[execution["stateMachineArn"]]["roleArn"])
        return execute_task(state_def, raw_input, execution, ctx)

    def _invoke_resource(resource, input_data):
        _require(resource, input_data)
        return invoke_resource(resource, input_data)

    def _invoke_with_callback(resource, input_data, token, state_def):
        _require(resource, input_data)
        return invoke_with_callback(resource, input_data, token, state_def)

    sfn._execute_task = _execute_task
    sfn._invoke_resource = _invoke_resource
    sfn._invoke_with_callback = _invoke_with_callback


def _require(resource: str, input_data) -> None:
    role = _role.get()
    account, region = role.split(":")[4], sfn.get_region()
    policies = iam_evaluator._gather_role_policies(role.rsplit("/", 1)[-1], account)
    for action, target in _needs(resource, input_data, region, account):
        context = iam_evaluator.EvalContext(
            principal_arn=role, principal_type="AssumedRole", principal_account=account,
            action=action, resource_arn=target, region=region,
        )
        if iam_evaluator.evaluate(context, policies).decision != "Allow":
            raise sfn._ExecutionError("States.Permissions", f"{role} is not allowed to {action} on {target}.")


def _needs(resource: str, input_data, region: str, account: str) -> list[tuple[str, str]]:
    """The actions of IAM that a task performs, each with its resource."""
    service = resource.split(":::")[-1].removeprefix("aws-sdk:").replace(".waitForTaskToken", "")
    if ":function:" in resource:
        return [("lambda:InvokeFunction", resource)]
    if service == "lambda:invoke":
        name = input_data["FunctionName"]
        arn = name if name.startswith("arn:") else f"arn:aws:lambda:{region}:{account}:function:{name}"
        return [("lambda:InvokeFunction", arn)]
    if service.startswith("states:startExecution"):
        return [("states:StartExecution", input_data["StateMachineArn"])]
    if service.startswith("dynamodb:"):
        operation = service.removeprefix("dynamodb:")
        action = f"dynamodb:{operation[0].upper()}{operation[1:]}"
        body = json.dumps(input_data).encode()
        transaction = iam_actions.dynamodb_transaction_checks(action, body, region, account)
        tables = iam_actions.dynamodb_resource_arns(body, region, account)
        return transaction or [(action, table) for table in tables]
    return []
