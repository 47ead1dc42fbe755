"""What AWS's Node.js runtime of Lambda does and MiniStack's does not."""
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

# The file in AWS's runtime that holds the certificate authorities of RDS.
AWS_CA_FILE = "/var/runtime/ca-cert.pem"

LONGEST_SESSION = 12 * 3600

_error_name = threading.local()


def close(ca_file: str) -> None:
    _trust_the_local_databases(ca_file)
    _say_why_a_worker_did_not_start()
    _keep_the_names_of_errors()
    _let_sessions_of_functions_expire()


def _say_why_a_worker_did_not_start() -> None:
    """MiniStack reads the worker's last words in a thread and then reports that there are none."""
    spawn = lambda_runtime.Worker._spawn

    def _spawn(self) -> None:
        try:
            spawn(self)
        except RuntimeError as error:
            self._stderr_thread.join(timeout=1)
            raise RuntimeError(f"{error}{self._drain_stderr()}") from None

    lambda_runtime.Worker._spawn = _spawn


def _trust_the_local_databases(ca_file: str) -> None:
    """The local database's certificate authority plays the role of AWS's."""
    spawn = lambda_runtime.Worker._spawn

    def _spawn(self) -> None:
        variables = self.config.get("Environment", {}).get("Variables", {})
        if variables.get("NODE_EXTRA_CA_CERTS") == AWS_CA_FILE:
            variables = {**variables, "NODE_EXTRA_CA_CERTS": ca_file}
            self.config = {**self.config, "Environment": {"Variables": variables}}
        spawn(self)

    lambda_runtime.Worker._spawn = _spawn


def _let_sessions_of_functions_expire() -> None:
    """Credentials of a function are temporary. MiniStack's never end, and its own judge of RDS logins takes no such."""
    register = sts.register_session

    def register_session(access_key, session) -> None:
        register(access_key, {"Expiration": time.time() + LONGEST_SESSION, **session})

    sts.register_session = register_session


def _keep_the_names_of_errors() -> None:
    """AWS reports an error's name as errorType, which ErrorEquals of a state machine compares. MiniStack calls every
    error Runtime.HandlerError."""
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for original, named in (
        ('error: String(err.message || err),', 'error: String(err.message || err), name: err.name,'),
        ('error: e.message, trace: e.stack', 'error: e.message, name: e.name, trace: e.stack'),
    ):
        if original not in script:
            raise SystemExit("MiniStack's Lambda worker has changed: mend emulator_gaps/lambda_runtime.py.")
        script = script.replace(original, named)
    lambda_runtime._NODEJS_WORKER_SCRIPT = script

    invoke = lambda_runtime.Worker.invoke
    execute = lambda_svc._execute_function_warm

    def _invoke(self, *arguments, **options):
        result = invoke(self, *arguments, **options)
        _error_name.value = result.get("name")
        return result

    def _execute_function_warm(*arguments, **options):
        _error_name.value = None
        result = execute(*arguments, **options)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and _error_name.value:
            body["errorType"] = _error_name.value
        return result

    lambda_runtime.Worker.invoke = _invoke
    lambda_svc._execute_function_warm = _execute_function_warm
