export default function Page() {
  return <h1>docs</h1>;
}
