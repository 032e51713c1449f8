"""The sandbox clouds: Pulumi providers for AWS, Google Cloud and Azure that need no account.

They are generic first. A table (`tables/PACKAGE.json`, described in `facts`) says of a resource type what its
inputs must be like, how its id is made, what a change replaces, what it refers to and what stands against
its deletion. That is
enough for a type to be checked, made, compared, read and deleted, with its inputs for outputs. What a table
cannot say is a `Kind`: what the cloud computes and refuses, and what else happens. A type with neither is
taken as it comes, with a warning.

To add a kind, write it into the module of its service, which is found by the type's token (`aws/ec2.py` for
`aws:ec2/vpc:Vpc`, `azure/network.py` for `azure-native:network:Subnet`), and name it in `KINDS` there:

    def _addresses(request: Request) -> Properties:
        return {"publicDns": request.filled("gateway.{region}.compute.amazonaws.com")}

    def _one_for_each_vpc(request: Request) -> None:
        for other in request.all(request.token):
            if other.outputs.get("vpcId") == request.text("vpcId"):
                request.refuse("secondGateway", vpc=request.text("vpcId"))

    KINDS: Final = (
        Kind("aws:ec2/internetGateway:InternetGateway", computed=_addresses, creating=_one_for_each_vpc),
    )

`refuse` takes an error of the type's table and fills its words in. What takes time belongs in `made` and
`removing`, which run without the lock: a cluster starts its control plane there.

Functions of a package (`aws.get_caller_identity`) stand in `INVOKES` of the module that their token names
(`aws/index.py` for `aws:index/getCallerIdentity:getCallerIdentity`), each a function of the account and its
arguments.

`store` says how resources are kept, and lists what remains.
"""
