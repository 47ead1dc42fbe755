"""MiniStack serves an HTTP API under <id>.execute-api.localhost, which many resolvers do not know, and under a path of
its own address, which everybody reaches. CloudFormation gives out the second one here."""
import os

from ministack.services.cloudformation import provisioners


def close() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]
    gateway = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"

    def _reachable(result):
        physical_id, attributes = result
        return physical_id, {**attributes, "ApiEndpoint": f"{gateway}/_aws/execute-api/{physical_id}"}

    def _create(*arguments, **options):
        return _reachable(create(*arguments, **options))

    def _update(*arguments, **options):
        return _reachable(update(*arguments, **options))

    handlers.update(create=_create, update=_update)
