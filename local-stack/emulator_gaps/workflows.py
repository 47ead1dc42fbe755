"""What Step Functions does and MiniStack's does not. Error names as AWS documents them."""
import contextvars
import json
import threading

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions as sfn

LONGEST_TIMEOUT = 99_999_999

_executing = contextvars.ContextVar("execution of the task that runs", default=None)


def close() -> None:
    _evaluate_timeouts()
    _fail_the_task_whose_function_fails()
    _close_task_tokens()
    _keep_stopped_executions_stopped()
    _repeat_start_of_running_execution()
    _name_errors_of_nested_start()


def _evaluate_timeouts() -> None:
    """TimeoutSeconds may be a JSONata expression, which must give a whole number of at least 1."""
    execute_task = sfn._execute_task

    def _execute_task(state_def, raw_input, execution, ctx):
        _executing.set(execution)
        if isinstance(state_def.get("TimeoutSeconds"), str):
            try:
                state_def = {**state_def, "TimeoutSeconds": _timeout(state_def, raw_input, ctx)}
            except sfn._ExecutionError as error:
                catcher = sfn._find_matching_catcher(state_def.get("Catch", []), error.error)
                if catcher is None:
                    raise
                error_output = {"Error": error.error, "Cause": error.cause}
                language = sfn._state_query_language(state_def, ctx)
                return sfn._apply_catcher(catcher, raw_input, ctx, language, error_output), catcher["Next"]
        return execute_task(state_def, raw_input, execution, ctx)

    sfn._execute_task = _execute_task


def _timeout(state_def, raw_input, ctx) -> int:
    seconds = sfn._jsonata_state_field(state_def, "TimeoutSeconds", "number", raw_input, ctx)
    if int(seconds) != seconds or not 1 <= seconds <= LONGEST_TIMEOUT:
        raise sfn._ExecutionError(
            "States.QueryEvaluationError",
            f"The field 'TimeoutSeconds' must be a whole number from 1 to {LONGEST_TIMEOUT}, but was {seconds}.",
        )
    return int(seconds)


class _FunctionFailed(Exception):
    """Not an _ExecutionError, because MiniStack swallows those of a function that gets a task token."""

    def __init__(self, error):
        self.error = error


def _fail_the_task_whose_function_fails() -> None:
    """A function that throws instead of keeping its task token fails the task at once."""
    invoke_with_callback, call_lambda = sfn._invoke_with_callback, sfn._call_lambda
    with_token = threading.local()

    def _call_lambda(func_ref, event):
        try:
            return call_lambda(func_ref, event)
        except sfn._ExecutionError as error:
            if getattr(with_token, "waiting", False):
                raise _FunctionFailed(error) from error
            raise

    def _invoke_with_callback(resource, input_data, token, state_def):
        with_token.waiting = True
        try:
            return invoke_with_callback(resource, input_data, token, state_def)
        except _FunctionFailed as failure:
            sfn._task_tokens.pop(token, None)
            raise failure.error from None
        finally:
            with_token.waiting = False

    sfn._call_lambda = _call_lambda
    sfn._invoke_with_callback = _invoke_with_callback


_execution_of_token: dict[str, dict] = {}


def _close_task_tokens() -> None:
    """A token counts once, and only while its task waits. MiniStack takes a second answer, and answers for
    executions that have ended."""
    invoke_with_callback = sfn._invoke_with_callback

    def _invoke_with_callback(resource, input_data, token, state_def):
        _execution_of_token[token] = _executing.get()
        return invoke_with_callback(resource, input_data, token, state_def)

    def once(send):
        def _send(data):
            token = data.get("taskToken")
            if token not in _execution_of_token:
                return error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)
            waiting = sfn._task_tokens.get(token)
            execution = _execution_of_token[token]
            if not waiting or waiting["event"].is_set() or execution["status"] != "RUNNING":
                return error_response_json(
                    "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", 400)
            return send(data)

        return _send

    sfn._invoke_with_callback = _invoke_with_callback
    sfn._send_task_success = once(sfn._send_task_success)
    sfn._send_task_failure = once(sfn._send_task_failure)
    sfn._send_task_heartbeat = once(sfn._send_task_heartbeat)


def _keep_stopped_executions_stopped() -> None:
    """A task that was waiting when its execution was stopped ends with it. MiniStack's goes on waiting, then turns
    ABORTED into FAILED."""
    stop, fail = sfn._stop_execution, sfn._fail_execution

    def _stop_execution(data):
        response = stop(data)
        for token, execution in _execution_of_token.items():
            waiting = sfn._task_tokens.get(token)
            if waiting and execution["executionArn"] == data.get("executionArn"):
                waiting["error"] = {"Error": "States.TaskFailed", "Cause": "The execution was stopped."}
                waiting["event"].set()
        return response

    def _fail_execution(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    sfn._stop_execution = _stop_execution
    sfn._fail_execution = _fail_execution


def _repeat_start_of_running_execution() -> None:
    """The same name and input as a running execution is no error: the answer is that execution."""
    start = sfn._start_execution

    def _start_execution(data):
        machine = sfn._resolve_state_machine_arn(data.get("stateMachineArn", ""))
        arn = f"{machine}:{data.get('name')}".replace(":stateMachine:", ":execution:")
        execution = sfn._executions.get(arn)
        if execution and execution["status"] == "RUNNING" and execution["input"] == data.get("input", "{}"):
            return json_response({"executionArn": arn, "startDate": execution["startDate"]})
        return start(data)

    sfn._start_execution = _start_execution


def _name_errors_of_nested_start() -> None:
    """AWS: StepFunctions.ExecutionAlreadyExistsException. MiniStack: ExecutionAlreadyExists."""
    start_nested = sfn._invoke_nested_start_execution

    def _invoke_nested_start_execution(resource, input_data):
        try:
            return start_nested(resource, input_data)
        except sfn._ExecutionError as error:
            name = error.error.removesuffix("Exception")
            raise sfn._ExecutionError(f"StepFunctions.{name}Exception", error.cause) from None

    sfn._invoke_nested_start_execution = _invoke_nested_start_execution
